// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where each range of a load lies, in its file and in the buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/ranges.hpp>

#include "file_source.hpp"

namespace dmaload {

/// A range whose file is open and whose numbers are known.
struct PlacedRange {
    std::size_t file = 0;  ///< index in RangeLayout::files
    std::uint64_t file_offset = 0;
    std::uint64_t length = 0;
    std::uint64_t buffer_offset = 0;
};

/// Ranges that can be read as they are: inside their files and the buffer, not
/// overlapping, aligned where they are direct.
struct RangeLayout {
    std::vector<FileSource> files;    ///< each path and mode once
    std::vector<PlacedRange> ranges;  ///< in the order given
    std::uint64_t buffer_size = 0;    ///< bytes, whole pages

    /// Opens the files. \p mode is that of ranges that do not say theirs;
    /// \p buffer_size 0: as long as the ranges need.
    [[nodiscard]] static Result<RangeLayout> make(std::span<const FileRange> ranges, Mode mode,
                                                  std::uint64_t buffer_size);
};

}  // namespace dmaload
