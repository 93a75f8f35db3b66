// SPDX-License-Identifier: Apache-2.0
#include "bench/disk_rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

/// How long a way took in front of one disk, in times of the disk alone.
struct AtRate {
    std::uint64_t rate = 0;
    Estimate ratio;

    [[nodiscard]] bool limited() const { return ratio.median <= kLimitedByDisk; }
    [[nodiscard]] bool close() const { return ratio.low <= kLimitedByDisk && ratio.high > kLimitedByDisk; }
    [[nodiscard]] std::string rate_text() const
    {
        return fmt::format("{}{}", close() ? "about " : "", format_rate(rate));
    }
    [[nodiscard]] std::string ratio_text() const
    {
        return fmt::format("{:.3f} [{:.3f}, {:.3f}]", ratio.median, ratio.low, ratio.high);
    }
};

struct Way {
    std::string name;
    std::vector<AtRate> rates;          // slowest disk first
    std::optional<double> unthrottled;  // nanoseconds

    /// The fastest disk that it is limited by.
    [[nodiscard]] std::optional<std::size_t> last_limited() const
    {
        for (std::size_t i = rates.size(); i-- > 0;) {
            if (rates[i].limited())
                return i;
        }
        return std::nullopt;
    }
    /// What ways are sorted by: the rate that they follow, and how well they do beyond.
    [[nodiscard]] std::pair<std::uint64_t, double> merit() const
    {
        const auto last = last_limited();
        const AtRate& beyond = rates[last ? std::min(*last + 1, rates.size() - 1) : 0];
        return {last ? rates[*last].rate : 0, -beyond.ratio.median};
    }
};

/// Groups of one size, at disks that have a limit or none at all.
using SameSize = std::vector<const Group*>;

Way way_of(const std::string& name, const SameSize& groups)
{
    Way way{.name = name, .rates = {}, .unthrottled = {}};
    for (const Group* const group : groups) {
        const auto row = std::ranges::find(group->rows, name, &Row::name);
        if (row == group->rows.end() || !row->enough())
            continue;
        const std::optional<std::uint64_t> rate = group->disk_rate;
        const std::optional<double> limit = group->limit;
        if (!rate) {
            way.unthrottled = row->total.median;
        } else if (limit && *limit > 0) {
            Estimate ratio = row->total;
            for (double* const value : {&ratio.median, &ratio.low, &ratio.high})
                *value /= *limit;
            way.rates.push_back({*rate, ratio});
        }
    }
    std::ranges::sort(way.rates, {}, &AtRate::rate);
    return way;
}

std::vector<Way> ways_of(const SameSize& groups)
{
    std::set<std::string> names;
    for (const Group* const group : groups) {
        for (const Row& row : group->rows)
            names.insert(row.name());
    }
    std::vector<Way> ways;
    for (const std::string& name : names) {
        if (Way way = way_of(name, groups); !way.rates.empty())
            ways.push_back(std::move(way));
    }
    std::ranges::sort(ways, [](const Way& a, const Way& b) {
        return a.merit() != b.merit() ? a.merit() > b.merit() : a.name < b.name;
    });
    return ways;
}

std::vector<std::string> cells_of_way(const Way& way, std::uint64_t size)
{
    const auto last = way.last_limited();
    const std::size_t next = last ? *last + 1 : 0;
    std::vector<std::string> cells = {way.name, format_size(size)};
    cells.push_back(last ? way.rates[*last].rate_text() : "never");
    cells.push_back(last ? way.rates[*last].ratio_text() : "-");
    cells.push_back(next < way.rates.size() ? way.rates[next].rate_text() : "-");
    cells.push_back(next < way.rates.size() ? way.rates[next].ratio_text() : "-");
    cells.push_back(way.unthrottled ? format_time(*way.unthrottled) : "-");
    return cells;
}

}  // namespace

std::vector<const Group*> disk_scenarios(std::span<const Group> groups)
{
    constexpr std::array kNames = {"quarter", "half", "phone-like", "unthrottled"};
    std::vector<const Group*> found;
    for (const Group& group : groups) {
        if (group.scenario.starts_with("rate-") || std::ranges::find(kNames, group.scenario) != kNames.end())
            found.push_back(&group);
    }
    return found;
}

std::string disk_limited_caption()
{
    return fmt::format(
        "Where each way stops being limited by the disk: the fastest one of which it takes at most {} times "
        "the time (limit), and the next that was measured",
        kLimitedByDisk);
}

std::vector<std::vector<std::string>> disk_limited_cells(std::span<const Group> groups)
{
    std::vector<std::vector<std::string>> rows = {
        {"way", "size", "limited up to", "time / limit", "not at", "its time / limit", "not throttled"}};
    const auto points = disk_scenarios(groups);
    std::set<std::uint64_t> sizes;
    for (const Group* const group : points)
        sizes.insert(group->size);
    for (const std::uint64_t size : sizes) {
        SameSize same;
        std::ranges::copy_if(points, std::back_inserter(same),
                             [&](const Group* group) { return group->size == size; });
        // One disk has no place at which anything could stop.
        const auto known = [](const Group* group) { return group->disk_rate && group->limit; };
        if (std::ranges::count_if(same, known) < 2)
            continue;
        for (const Way& way : ways_of(same))
            rows.push_back(cells_of_way(way, size));
    }
    return rows;
}

}  // namespace dmaload::bench
