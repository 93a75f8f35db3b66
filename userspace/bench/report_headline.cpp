// SPDX-License-Identifier: Apache-2.0
#include "bench/report_headline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "bench/result_runs.hpp"
#include "bench/units.hpp"
#include "bench/verdict.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

constexpr const char* kOurs = "alloc-read";

std::string ratio_text(const Estimate& ratio)
{
    return fmt::format("{:.2f} times [{:.2f}, {:.2f}]", ratio.median, ratio.low, ratio.high);
}

/// "is 2.94 times [2.80, 3.30] as fast as X", "ties with X"
std::string compared(const Row& ours, const Row& other, const std::string& name)
{
    switch (compare(ours, other)) {
    case Verdict::tie:
        return fmt::format("ties with {}", name);
    case Verdict::faster:
        return fmt::format("is {} as fast as {}", ratio_text(paired_ratio(other.rounds, ours.rounds)), name);
    case Verdict::slower:
        return fmt::format("is slower than {}, which is {} as fast", name,
                           ratio_text(paired_ratio(ours.rounds, other.rounds)));
    case Verdict::unknown:
        break;
    }
    return fmt::format("has too few samples to be compared with {}", name);
}

Tiles tiles_of(const Group& group, const Row& ours, const Row* rival)
{
    Tiles tiles;
    tiles.tiles.push_back({format_time(ours.total.median),
                           fmt::format("{} for {}, {}", ours.name(), format_size(group.size), group.disk())});
    if (const Row* const normal = group.normal())
        tiles.tiles.push_back({against(&ours, normal), "speed against normal (mmap-read buffered)"});
    if (rival != nullptr)
        tiles.tiles.push_back(
            {against(&ours, rival), fmt::format("speed against the best other way, {}", rival->name())});
    if (group.limit)
        tiles.tiles.push_back({fmt::format("{:.0f} %", 100 * *group.limit / ours.total.median),
                               fmt::format("of the limit's speed ({})", group.limit_by)});
    tiles.tiles.push_back({ours.cpu.median < ours.cpu_resolution ? "< " + format_time(ours.cpu_resolution)
                                                                 : format_time(ours.cpu.median),
                           "CPU time of the whole machine"});
    return tiles;
}

/// Runs that are the nearest to a phone among their kind: its proportion of
/// storage to "normal" among disk rates, and its filesystem.
bool is_phone_like(std::string_view scenario)
{
    constexpr std::array<std::string_view, 3> kNames = {"phone-like", "rate-1-of-1", "f2fs"};
    return std::ranges::find(kNames, scenario) != kNames.end();
}

}  // namespace

const Group* headline_group(std::span<const Group> groups)
{
    const Group* best = nullptr;
    for (const Group& group : groups) {
        if (group.find(kOurs, "direct") == nullptr || group.normal() == nullptr)
            continue;
        if (best == nullptr || std::pair(is_phone_like(group.scenario), group.size) >=
                                   std::pair(is_phone_like(best->scenario), best->size))
            best = &group;
    }
    return best;
}

std::vector<json> headline_run_first(const ReportPart& part)
{
    std::vector<json> runs = runs_of(part.result);
    const Group* const group = headline_group(part.groups);
    if (group == nullptr)
        return runs;
    // A scenario may have been measured on several disks.
    const auto matches = [&](const json& run) {
        const auto rate = run.find("disk_rate");
        const bool same_rate =
            rate == run.end() || (group->disk_rate ? *rate == *group->disk_rate : rate->is_null());
        return run.value("scenario", "") == group->scenario && same_rate;
    };
    std::vector<json> ordered;
    std::ranges::copy_if(runs, std::back_inserter(ordered), matches);
    std::ranges::copy_if(runs, std::back_inserter(ordered), std::not_fn(matches));
    return ordered;
}

std::vector<Block> headline(const Group& group)
{
    const Row* const ours = group.find(kOurs, "direct");
    const Row* const normal = group.normal();
    if (ours == nullptr || normal == nullptr)
        return {};
    const Row* const rival = best_rival(group);
    std::string text =
        fmt::format("{}: {} loads {} in {} and {}", group.scenario, ours->name(), format_size(group.size),
                    format_time(ours->total.median), compared(*ours, *normal, "normal (mmap-read buffered)"));
    if (rival != nullptr)
        text += fmt::format("; it {}, the best other way", compared(*ours, *rival, rival->name()));
    return {Words{text + ".", true}, tiles_of(group, *ours, rival)};
}

}  // namespace dmaload::bench
