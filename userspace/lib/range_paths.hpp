// SPDX-License-Identifier: Apache-2.0
/// \file
/// Finds out which of the files of a load were read through the page cache.
#pragma once

#include <vector>

#include <dmaload/method.hpp>

#include "path_observer.hpp"
#include "range_layout.hpp"

namespace dmaload {

/// Made before the ranges are read; asked afterwards. The layout must outlive it.
class RangePaths {
public:
    explicit RangePaths(const RangeLayout& layout);

    /// For each of the layout's files. `unknown`, besides where a single file's
    /// is, for a file that is read in both modes: the cache takes it in anyway.
    [[nodiscard]] std::vector<Path> taken() const;

private:
    const RangeLayout& layout_;
    std::vector<PathObserver> observers_;
};

}  // namespace dmaload
