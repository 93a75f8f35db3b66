// SPDX-License-Identifier: Apache-2.0
#include "range_paths.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>

namespace dmaload {
namespace {

/// How many bytes of each file are read; those that several ranges have count once.
std::vector<std::uint64_t> bytes_of_files(const RangeLayout& layout)
{
    auto ranges = layout.ranges;
    std::ranges::sort(ranges, {}, &PlacedRange::file_offset);
    std::vector<std::uint64_t> bytes(layout.files.size());
    std::vector<std::uint64_t> ends(layout.files.size());
    for (const PlacedRange& range : ranges) {
        std::uint64_t& end = ends[range.file];
        const std::uint64_t begin = std::max(range.file_offset, end);
        end = std::max(end, range.file_offset + range.length);
        bytes[range.file] += end - std::min(begin, end);
    }
    return bytes;
}

}  // namespace

RangePaths::RangePaths(const RangeLayout& layout) : layout_(layout)
{
    const auto bytes = bytes_of_files(layout);
    observers_.reserve(layout.files.size());
    for (std::size_t i = 0; i < layout.files.size(); ++i)
        observers_.emplace_back(layout.files[i], bytes[i]);
}

std::vector<Path> RangePaths::taken() const
{
    std::set<std::string_view> cached;
    for (const FileSource& file : layout_.files) {
        if (file.mode() == Mode::buffered)
            cached.insert(file.path());
    }
    std::vector<Path> paths;
    for (std::size_t i = 0; i < layout_.files.size(); ++i) {
        const FileSource& file = layout_.files[i];
        const bool both = file.mode() == Mode::direct && cached.contains(file.path());
        paths.push_back(both ? Path::unknown : observers_[i].path_taken());
    }
    return paths;
}

}  // namespace dmaload
