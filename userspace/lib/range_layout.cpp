// SPDX-License-Identifier: Apache-2.0
#include "range_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <utility>

#include "buffer_size.hpp"
#include "page.hpp"

namespace dmaload {
namespace {

/// Ends of places in the buffer stay below it, so that no sum overflows.
constexpr std::uint64_t buffer_limit = std::uint64_t{1} << 62U;

std::string describe(const FileSource& file, const PlacedRange& range)
{
    return fmt::format("{} bytes at {} of {}", range.length, range.file_offset, file.path());
}

/// The length, where it is given as "to the end of the file".
Result<std::uint64_t> length_in(const FileSource& file, const FileRange& range)
{
    if (range.file_offset >= file.size() || range.length > file.size() - range.file_offset)
        return fail("load", fmt::format("{} bytes at {} of {}", range.length, range.file_offset, range.file),
                    EINVAL, fmt::format("The file ends at {}.", file.size()));
    return range.length != 0 ? range.length : file.size() - range.file_offset;
}

Result<void> check_alignment(const FileSource& file, const PlacedRange& range)
{
    const std::uint64_t unit = file.offset_alignment();
    for (const auto& [what, offset] : {std::pair{"offset in the file", range.file_offset},
                                       std::pair{"offset in the buffer", range.buffer_offset}}) {
        if (offset % unit != 0)
            return fail("direct read of", describe(file, range), EINVAL,
                        fmt::format("Its {}, {}, is not a multiple of {}, as direct reads of this file need; "
                                    "use one that is, or buffered mode.",
                                    what, offset, unit));
    }
    return {};
}

Result<void> check_overlap(const RangeLayout& layout)
{
    std::vector<std::reference_wrapper<const PlacedRange>> sorted(layout.ranges.begin(), layout.ranges.end());
    std::ranges::sort(sorted, {}, [](const PlacedRange& range) { return range.buffer_offset; });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const PlacedRange& before = sorted[i - 1];
        const PlacedRange& range = sorted[i];
        if (before.buffer_offset + before.length > range.buffer_offset)
            return fail(
                "lay out", describe(layout.files[range.file], range), EINVAL,
                fmt::format("At {} in the buffer it overlaps {} at {}; give one of them another place.",
                            range.buffer_offset, describe(layout.files[before.file], before),
                            before.buffer_offset));
    }
    return {};
}

/// Sets the size, from the end of the last range and what was asked for.
Result<void> settle_size(RangeLayout& layout, std::uint64_t end, std::uint64_t wanted)
{
    const std::string object = fmt::format("{} ranges", layout.ranges.size());
    if (wanted > buffer_limit)
        return fail("load", object, EFBIG, fmt::format("No buffer can have {} bytes.", wanted));
    if (wanted != 0 && wanted < end)
        return fail("load", object, EINVAL,
                    fmt::format("They need {} bytes, more than the buffer of {}.", end, wanted));
    layout.buffer_size = round_up(std::max(end, wanted), page_size());
    return check_buffer_size(object, layout.buffer_size);
}

}  // namespace

Result<RangeLayout> RangeLayout::make(std::span<const FileRange> ranges, Mode mode, std::uint64_t buffer_size)
{
    if (ranges.empty())
        return fail("load", "no ranges", EINVAL, "Name at least one file.");
    RangeLayout layout;
    std::map<std::pair<std::string, Mode>, std::size_t> indices;
    std::uint64_t end_of_previous = 0;
    std::uint64_t end_of_last = 0;
    for (const FileRange& range : ranges) {
        const auto [known, is_new] =
            indices.try_emplace({range.file, range.mode.value_or(mode)}, layout.files.size());
        if (is_new) {
            auto file = FileSource::open_part(range.file, range.mode.value_or(mode));
            if (!file)
                return std::unexpected(std::move(file.error()));
            layout.files.push_back(std::move(*file));
        }
        const FileSource& file = layout.files[known->second];
        const auto length = length_in(file, range);
        if (!length)
            return std::unexpected(length.error());
        const std::uint64_t behind =
            round_up(end_of_previous, std::max(page_size(), file.offset_alignment()));
        const PlacedRange placed{known->second, range.file_offset, *length,
                                 range.buffer_offset.value_or(behind)};
        if (*length > buffer_limit || placed.buffer_offset > buffer_limit - *length)
            return fail("lay out", describe(file, placed), EFBIG,
                        fmt::format("No buffer is long enough for a place at {}.", placed.buffer_offset));
        if (auto aligned = check_alignment(file, placed); !aligned)
            return std::unexpected(std::move(aligned.error()));
        end_of_previous = placed.buffer_offset + *length;
        end_of_last = std::max(end_of_last, end_of_previous);
        layout.ranges.push_back(placed);
    }
    if (auto disjoint = check_overlap(layout); !disjoint)
        return std::unexpected(std::move(disjoint.error()));
    if (auto settled = settle_size(layout, end_of_last, buffer_size); !settled)
        return std::unexpected(std::move(settled.error()));
    return layout;
}

}  // namespace dmaload
