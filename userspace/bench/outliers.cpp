// SPDX-License-Identifier: Apache-2.0
#include "bench/outliers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/stats.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

/// What is usual in a row.
struct Usual {
    double median = 0;
    double low = 0;   ///< below is far away
    double high = 0;  ///< above is far away
    double cpu = 0;
    double device_read = 0;
};

Usual usual_of(const Row& row)
{
    constexpr double kFences = 1.5;
    // Less is what the intervals are allowed to be wide.
    constexpr double kMatters = 0.05;
    std::vector<double> totals;
    std::vector<double> cpu;
    std::vector<double> device_read;
    for (const Point& point : row.points) {
        if (!point.not_cold.empty())
            continue;
        totals.push_back(point.total);
        cpu.push_back(point.cpu);
        if (point.device_read)
            device_read.push_back(*point.device_read);
    }
    Usual usual{.median = median(totals), .cpu = median(cpu), .device_read = median(device_read)};
    const double first = quantile(totals, 0.25);
    const double third = quantile(totals, 0.75);
    const double reach = kFences * (third - first);
    usual.low = std::min(first - reach, usual.median * (1 - kMatters));
    usual.high = std::max(third + reach, usual.median * (1 + kMatters));
    return usual;
}

/// How many times its own median the other rows took in that round; 0 where
/// too few of them can say.
double others_in_round(const Group& group, const Row& row, int round)
{
    constexpr std::size_t kWitnesses = 3;
    std::vector<double> ratios;
    for (const Row& other : group.rows) {
        const auto found = other.rounds.find(round);
        if (&other != &row && found != other.rounds.end() && other.total.median > 0)
            ratios.push_back(found->second / other.total.median);
    }
    return ratios.size() < kWitnesses ? 0 : median(ratios);
}

std::string reason_for(const Group& group, const Row& row, const Point& point, const Usual& usual)
{
    constexpr double kMiB = 1 << 20;
    std::vector<std::string> reasons;
    const double excess = point.total - usual.median;
    if (point.steal && *point.steal > std::max(excess / 4, 0.02 * point.total))
        reasons.push_back(fmt::format("the host kept the CPUs to itself for {}", format_time(*point.steal)));
    if (point.device_read && *point.device_read > usual.device_read * 1.05 + kMiB)
        reasons.push_back(fmt::format(
            "the disk read {} more than usual",
            format_size(static_cast<std::uint64_t>(std::llround(*point.device_read - usual.device_read)))));
    // An emulated CPU that its host slows down is busy for longer, and nothing is stolen from it: the two
    // look alike.
    if (excess > 0 && point.cpu - usual.cpu > excess / 2)
        reasons.push_back(fmt::format("{} more CPU time than usual: more work, or slower CPUs",
                                      format_time(point.cpu - usual.cpu)));
    constexpr double kWholeRound = 1.2;
    const double others = others_in_round(group, row, point.round);
    if (excess > 0 && others >= kWholeRound)
        reasons.push_back(
            fmt::format("the whole round was slow (others {:.1f} times their medians): other load", others));
    std::string text;
    for (const std::string& reason : reasons)
        text += (text.empty() ? "" : "; ") + reason;
    return text.empty() ? "no reason to be seen" : text;
}

}  // namespace

std::vector<Outlier> find_outliers(const Group& group)
{
    std::vector<Outlier> outliers;
    for (const Row& row : group.rows) {
        const Usual usual = usual_of(row);
        for (const Point& point : row.points) {
            const bool far = row.enough() && (point.total < usual.low || point.total > usual.high);
            if (point.not_cold.empty() && !far)
                continue;
            outliers.push_back({.row = row.name(),
                                .round = point.round,
                                .total = point.total,
                                .typical = usual.median,
                                .not_cold = !point.not_cold.empty(),
                                .reason = point.not_cold.empty() ? reason_for(group, row, point, usual)
                                                                 : "not cold, left out: " + point.not_cold});
        }
    }
    return outliers;
}

std::string describe(const Outlier& outlier)
{
    std::string text = fmt::format("round {}: {}", outlier.round, format_time(outlier.total));
    if (outlier.typical > 0)
        text += fmt::format(", {:.2f} times the median", outlier.total / outlier.typical);
    return text + ": " + outlier.reason;
}

}  // namespace dmaload::bench
