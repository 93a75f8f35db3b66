// SPDX-License-Identifier: Apache-2.0
/// \file
/// Map the file, and copy it into a heap's buffer: what a program that maps its
/// models does as soon as a device is to have them.
#include <algorithm>
#include <utility>

#include <dmaload/heap.hpp>

#include "../filled_buffer.hpp"
#include "../path_observer.hpp"
#include "mapped_file.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

/// A heap's buffer is all zero, so that only the file's bytes are copied. What
/// the file lost since it was opened was not copied from it.
Result<void> copy_mapped(const FileSource& file, std::span<std::byte> buffer)
{
    const auto mapping = map_file(file, false);
    if (!mapping)
        return std::unexpected(mapping.error());
    std::ranges::copy(mapping->bytes().first(static_cast<std::size_t>(file.size())), buffer.begin());
    const auto now = file.current_size();
    if (!now)
        return std::unexpected(now.error());
    if (*now < file.size())
        return std::unexpected(file.shrank());
    return {};
}

class MmapCopy final : public Method {
public:
    std::string_view name() const override { return "mmap-copy"; }
    std::string_view summary() const override { return "map the file and copy it into a heap's buffer"; }
    bool for_comparison() const override { return true; }

    Result<void> probe(const std::string& heap_name, Mode mode) const override
    {
        if (auto possible = refuse_direct_mapping(mode); !possible)
            return possible;
        const auto heap = Heap::open(heap_name);
        return heap ? Result<void>{} : std::unexpected(heap.error());
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        if (auto possible = refuse_direct_mapping(request.mode); !possible)
            return std::unexpected(std::move(possible.error()));
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto heap = Heap::open(request.heap);
        if (!heap)
            return std::unexpected(std::move(heap.error()));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        auto dmabuf =
            allocate_and_fill(*heap, loaded.buffer_size, loaded.phases,
                              [&](std::span<std::byte> buffer) { return copy_mapped(*file, buffer); });
        if (!dmabuf)
            return std::unexpected(std::move(dmabuf.error()));
        loaded.dmabuf = std::move(*dmabuf);
        loaded.path_taken = observer.path_taken();
        return loaded;
    }
};

}  // namespace

const Method& mmap_copy_method()
{
    static const MmapCopy method;
    return method;
}

}  // namespace dmaload
