// SPDX-License-Identifier: Apache-2.0
#include "bench/stats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dmaload::bench {

namespace {

constexpr int kResamples = 2000;

/// Median of \p values, which it reorders.
double median_in_place(std::vector<double>& values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    const double below = *std::max_element(values.begin(), middle);
    return (below + *middle) / 2;
}

}  // namespace

std::uint64_t Random::next()
{
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

std::size_t Random::below(std::size_t bound)
{
    // Rejection keeps it exactly uniform.
    const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    std::uint64_t value = next();
    while (value >= limit)
        value = next();
    return static_cast<std::size_t>(value % bound);
}

double Estimate::relative_width() const
{
    return median > 0 ? (high - low) / median : 0;
}

double median(std::span<const double> values)
{
    std::vector<double> copy(values.begin(), values.end());
    return median_in_place(copy);
}

double quantile(std::span<const double> values, double share)
{
    if (values.empty())
        return 0;
    std::vector<double> copy(values.begin(), values.end());
    const double rank = std::ceil(share * static_cast<double>(copy.size()));
    const auto place = std::clamp(static_cast<std::size_t>(rank), std::size_t{1}, copy.size()) - 1;
    std::ranges::nth_element(copy, copy.begin() + static_cast<std::ptrdiff_t>(place));
    return copy[place];
}

Estimate estimate(std::span<const double> values, std::uint64_t seed)
{
    Estimate result;
    result.count = values.size();
    result.median = result.low = result.high = median(values);
    if (values.size() < 2)
        return result;

    Random random(seed);
    std::vector<double> medians(kResamples);
    std::vector<double> resample(values.size());
    for (double& m : medians) {
        for (double& r : resample)
            r = values[random.below(values.size())];
        m = median_in_place(resample);
    }
    std::sort(medians.begin(), medians.end());
    result.low = medians[kResamples * 25 / 1000];
    result.high = medians[kResamples * 975 / 1000 - 1];
    return result;
}

Estimate paired_ratio(const Rounds& numerator, const Rounds& denominator, std::uint64_t seed)
{
    std::vector<double> ratios;
    for (const auto& [round, value] : numerator) {
        const auto other = denominator.find(round);
        if (other != denominator.end() && other->second > 0)
            ratios.push_back(value / other->second);
    }
    return estimate(ratios, seed);
}

bool overlap(const Estimate& a, const Estimate& b)
{
    return a.low <= b.high && b.low <= a.high;
}

}  // namespace dmaload::bench
