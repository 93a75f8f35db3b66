// SPDX-License-Identifier: Apache-2.0
#include "bench/latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "bench/stats.hpp"

namespace dmaload::bench {

namespace {

std::vector<double> totals(const Row& row)
{
    std::vector<double> list;
    for (const Point& point : row.points) {
        if (point.not_cold.empty())
            list.push_back(point.total);
    }
    return list;
}

}  // namespace

std::optional<Band> band_of(const Row& row)
{
    const std::vector<double> loads = totals(row);
    if (loads.size() < kEnoughForBand)
        return std::nullopt;
    const auto [min, max] = std::ranges::minmax(loads);
    return Band{
        .min = min, .p50 = median(loads), .p95 = quantile(loads, 0.95), .max = max, .count = loads.size()};
}

std::string_view to_string(Meets meets)
{
    switch (meets) {
    case Meets::always:
        return "always";
    case Meets::sometimes:
        return "sometimes";
    case Meets::never:
        return "never";
    case Meets::unknown:
        break;
    }
    return "too few loads";
}

std::size_t loads_of(const Row& row)
{
    return totals(row).size() + row.failed;
}

std::size_t loads_within(const Row& row, std::chrono::nanoseconds deadline)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        totals(row), [&](double total) { return total <= static_cast<double>(deadline.count()); }));
}

Meets meets(const Row& row, std::chrono::nanoseconds deadline)
{
    const std::size_t all = loads_of(row);
    if (all < kEnoughForBand)
        return Meets::unknown;
    const std::size_t within = loads_within(row, deadline);
    return within == all ? Meets::always : within == 0 ? Meets::never : Meets::sometimes;
}

std::string describe_meets(const Row& row, std::chrono::nanoseconds deadline)
{
    const Meets word = meets(row, deadline);
    const std::size_t within = loads_within(row, deadline);
    if (word == Meets::unknown)
        return fmt::format("{} ({} of {}); {} within", to_string(word), loads_of(row), kEnoughForBand,
                           within);
    return fmt::format("{} ({} of {})", to_string(word), within, loads_of(row));
}

}  // namespace dmaload::bench
