// SPDX-License-Identifier: Apache-2.0
#include <dmaload/ranges.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "buffer_size.hpp"
#include "filled_buffer.hpp"
#include "methods/methods.hpp"
#include "range_layout.hpp"
#include "range_paths.hpp"
#include "stopwatch.hpp"

namespace dmaload {
namespace {

Error cannot_load_ranges(std::string_view method)
{
    return {"load ranges by method", fmt::format("\"{}\"", method), EINVAL,
            fmt::format("Methods that load ranges and several files: {}, {}.", auto_method,
                        fmt::join(range_methods(), ", "))};
}

/// What a kernel or heap without the call answers to the probe.
bool is_missing(const Error& error)
{
    return error.code == EINVAL || error.code == ENOTTY || error.code == EOPNOTSUPP;
}

/// The kernel's codes, once the layout has passed our own checks.
Error explain(Error error, const RangeLayout& layout)
{
    if (error.code != EINVAL || layout.ranges.size() > Heap::max_ranges)
        return error;
    // It checks against the size that the file has then.
    for (const PlacedRange& range : layout.ranges) {
        const FileSource& file = layout.files[range.file];
        if (const auto size = file.current_size(); size && *size < range.file_offset + range.length)
            return file.shrank();
    }
    const bool direct =
        std::ranges::any_of(layout.files, [](const FileSource& file) { return file.mode() == Mode::direct; });
    if (direct)
        error.advice =
            "A filesystem may refuse direct reads, or need offsets that are multiples of more than it "
            "tells; try buffered mode.";
    return error;
}

Result<RangesBuffer> read_by_kernel(const Heap& heap, const RangeLayout& layout, Phases& phases)
{
    std::vector<ReadRange> ranges;
    ranges.reserve(layout.ranges.size());
    for (const PlacedRange& range : layout.ranges)
        ranges.push_back(
            {layout.files[range.file].fd(), range.file_offset, range.length, range.buffer_offset});
    Stopwatch watch;
    auto buffer = heap.allocate_and_read_ranges(ranges, layout.buffer_size);
    // Allocation and reading overlap inside the call; from here it only blocks.
    phases.copy = watch.lap();
    if (!buffer)
        return std::unexpected(explain(std::move(buffer.error()), layout));
    return buffer;
}

Result<RangesBuffer> read_by_mapping(const Heap& heap, const RangeLayout& layout, Phases& phases)
{
    RangesBuffer buffer;
    const auto fill = [&](std::span<std::byte> bytes) -> Result<void> {
        for (const PlacedRange& range : layout.ranges) {
            const auto target = bytes.subspan(static_cast<std::size_t>(range.buffer_offset),
                                              static_cast<std::size_t>(range.length));
            if (auto read = layout.files[range.file].read_part(target, range.file_offset); !read)
                return read;
            buffer.bytes_read += range.length;
        }
        return {};
    };
    auto dmabuf = allocate_and_fill(heap, layout.buffer_size, phases, fill);
    if (!dmabuf)
        return std::unexpected(std::move(dmabuf.error()));
    buffer.dmabuf = std::move(*dmabuf);
    return buffer;
}

}  // namespace

std::span<const std::string_view> range_methods()
{
    static const std::array<std::string_view, 2> names = {alloc_read_method().name(),
                                                          mmap_read_method().name()};
    return names;
}

Result<RangeLoader> RangeLoader::create(std::string_view method, std::optional<Mode> mode,
                                        const std::string& heap_name)
{
    if (method != auto_method && std::ranges::find(range_methods(), method) == range_methods().end())
        return std::unexpected(cannot_load_ranges(method));
    auto heap = Heap::open(heap_name);
    if (!heap)
        return std::unexpected(std::move(heap.error()));

    std::optional<Error> passed_over;
    if (method != mmap_read_method().name()) {
        auto available = heap->probe_read_ranges();
        if (available)
            return RangeLoader(std::move(*heap), &alloc_read_method(), mode.value_or(Mode::direct),
                               std::nullopt);
        // mmap-read cannot take its place where it was insisted on, nor read directly.
        if (method != auto_method || mode == Mode::direct || !is_missing(available.error()))
            return std::unexpected(std::move(available.error()));
        passed_over = std::move(available.error());
    }
    if (auto possible = mmap_read_method().probe(heap_name, mode.value_or(Mode::buffered)); !possible)
        return std::unexpected(std::move(possible.error()));
    return RangeLoader(std::move(*heap), &mmap_read_method(), Mode::buffered, std::move(passed_over));
}

Result<LoadedRanges> RangeLoader::load(std::span<const FileRange> ranges, std::uint64_t buffer_size) const
{
    const bool by_kernel = method_ == &alloc_read_method();
    if (!by_kernel && std::ranges::any_of(ranges, [](const FileRange& r) { return r.mode == Mode::direct; }))
        return std::unexpected(mmap_read_method().probe(heap_.name(), Mode::direct).error());
    const auto layout = RangeLayout::make(ranges, mode_, buffer_size);
    if (!layout)
        return std::unexpected(layout.error());

    LoadedRanges loaded;
    const RangePaths observer(*layout);
    auto buffer = by_kernel ? read_by_kernel(heap_, *layout, loaded.phases)
                            : read_by_mapping(heap_, *layout, loaded.phases);
    if (!buffer)
        return std::unexpected(std::move(buffer.error()));
    const auto size = dmabuf_size(buffer->dmabuf);
    if (!size)
        return std::unexpected(size.error());
    loaded.dmabuf = std::move(buffer->dmabuf);
    loaded.buffer_size = *size;
    loaded.bytes_read = buffer->bytes_read;
    const auto paths = observer.taken();
    for (const PlacedRange& range : layout->ranges) {
        const FileSource& file = layout->files[range.file];
        loaded.ranges.push_back({file.path(), range.file_offset, range.length, range.buffer_offset,
                                 file.mode(), paths[range.file]});
    }
    return loaded;
}

}  // namespace dmaload
