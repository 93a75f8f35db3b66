// SPDX-License-Identifier: Apache-2.0
/// \file
/// Samples that are not like the others of their row, and what can be seen of
/// the reason. They stay in the statistics, which are medians; only samples
/// that were not cold are left out of those.
#pragma once

#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// One sample that stands apart.
struct Outlier {
    std::string row;        ///< "udmabuf direct"
    int round = 0;          ///< 1 and up
    double total = 0;       ///< nanoseconds
    double typical = 0;     ///< median of its row, nanoseconds
    bool not_cold = false;  ///< it is left out of the statistics
    std::string reason;     ///< what the result shows; "no reason to be seen" where it shows none
};

/// Those of all methods of a group, in the order of its rows: further from the
/// quartiles than 1.5 times their distance (Tukey) and more than 5 % off the
/// median, or not cold. Rows with too few samples have none but the latter.
[[nodiscard]] std::vector<Outlier> find_outliers(const Group& group);

/// "round 7: 901 ms, 2.4 times the median: the disk read 3 MB more than usual"
[[nodiscard]] std::string describe(const Outlier& outlier);

}  // namespace dmaload::bench
