// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files of the tests of ranges, and the check that a buffer holds them.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/pattern.hpp>
#include <dmaload/ranges.hpp>

namespace dmaload::test {

/// Empty if each range has the pattern whose seed \p seeds has for its file,
/// and the buffer is zero elsewhere; otherwise what is wrong.
[[nodiscard]] inline std::string check_ranges(const LoadedRanges& loaded,
                                              const std::map<std::string, std::uint64_t>& seeds)
{
    const auto mapping =
        Mapping::map(loaded.dmabuf.get(), static_cast<std::size_t>(loaded.buffer_size), PROT_READ);
    if (!mapping)
        return mapping.error().message();
    const auto access = CpuAccess::begin(loaded.dmabuf.get(), CpuAccess::Kind::read);
    if (!access)
        return access.error().message();
    auto ranges = loaded.ranges;
    std::ranges::sort(ranges, {}, &LoadedRange::buffer_offset);
    const auto part = [&](std::uint64_t begin, std::uint64_t end) {
        return mapping->bytes().subspan(static_cast<std::size_t>(begin),
                                        static_cast<std::size_t>(end - begin));
    };
    std::uint64_t end = 0;
    std::uint64_t sum = 0;
    for (const LoadedRange& range : ranges) {
        if (const auto dirty = pattern::first_nonzero(part(end, range.buffer_offset), end))
            return "byte of a gap is not zero: " + std::to_string(*dirty);
        end = range.buffer_offset + range.length;
        sum += range.length;
        if (const auto wrong = pattern::first_difference(part(range.buffer_offset, end), range.file_offset,
                                                         seeds.at(range.file)))
            return "wrong byte at " + std::to_string(*wrong) + " of " + range.file;
    }
    if (const auto dirty = pattern::first_nonzero(part(end, loaded.buffer_size), end))
        return "byte behind the ranges is not zero: " + std::to_string(*dirty);
    return sum == loaded.bytes_read ? "" : "bytes read: " + std::to_string(loaded.bytes_read);
}

}  // namespace dmaload::test
