// SPDX-License-Identifier: Apache-2.0
/// \file
/// Medians, their bootstrap intervals, and ratios taken within a round.
///
/// Everything here is a function of its arguments and of a seed, so that a
/// table made twice from one result file is the same table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace dmaload::bench {

/// A small deterministic generator (splitmix64). The standard distributions
/// differ between C++ libraries; a printed seed must mean the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    /// Uniform in [0, \p bound); \p bound is not zero.
    std::size_t below(std::size_t bound);

private:
    std::uint64_t state_;
};

/// A median with the interval that holds it with 95 % confidence.
struct Estimate {
    double median = 0;
    double low = 0;
    double high = 0;
    std::size_t count = 0;  ///< samples behind it; 0 means that there is nothing to say

    /// Width of the interval as a part of the median.
    [[nodiscard]] double relative_width() const;
};

/// The median; 0 for no values.
[[nodiscard]] double median(std::span<const double> values);

/// The smallest of the values that at least \p share of them do not exceed
/// (nearest rank); \p share in (0, 1]; 0 for no values.
[[nodiscard]] double quantile(std::span<const double> values, double share);

/// The median and its 95 % percentile-bootstrap interval.
[[nodiscard]] Estimate estimate(std::span<const double> values, std::uint64_t seed = 1);

/// Values of one cell, by the round in which they were taken.
using Rounds = std::map<int, double>;

/// Median of numerator / denominator over the rounds that have both, with its
/// interval. What disturbs a whole round (a hot CPU, a busy host) cancels out.
[[nodiscard]] Estimate paired_ratio(const Rounds& numerator, const Rounds& denominator,
                                    std::uint64_t seed = 1);

/// Whether two intervals share a point: then the two are a tie.
[[nodiscard]] bool overlap(const Estimate& a, const Estimate& b);

}  // namespace dmaload::bench
