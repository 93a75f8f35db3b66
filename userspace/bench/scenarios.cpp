// SPDX-License-Identifier: Apache-2.0
#include "bench/scenarios.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bench/test_file.hpp"

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;
using Runs = std::vector<ScenarioRun>;

constexpr std::uint64_t kKilo = 1 << 10;
constexpr std::uint64_t kMega = 1 << 20;
constexpr std::uint64_t kGiga = 1 << 30;

/// What answers the question of most scenarios: ours, the strongest rivals,
/// and what is done today.
std::vector<std::string> main_methods()
{
    return {"alloc-read", "udmabuf-uring", "udmabuf-uring-fixed", "udmabuf", "mmap-read"};
}

ScenarioRun labelled(RunOptions options, std::string label, std::string about)
{
    options.scenario = std::move(label);
    return {.options = std::move(options), .about = std::move(about)};
}

Runs smoke(const RunOptions& common)
{
    return {labelled(common, "smoke", "3 rounds")};
}

Runs busy(const RunOptions& common)
{
    RunOptions idle = common;
    RunOptions company = common;
    idle.condition.command.clear();
    company.condition.busy = common.condition.command.empty();
    Runs runs = {labelled(idle, "idle", "idle machine"),
                 labelled(company, "busy",
                          company.condition.busy ? "a spinner on each CPU" : common.condition.command)};
    runs.back().share = 2;
    return runs;
}

Runs pressure(const RunOptions& common)
{
    Runs runs;
    for (const unsigned percent : {0U, 25U, 50U, 75U}) {
        RunOptions options = common;
        options.condition.eaten_percent = percent;
        runs.push_back(labelled(std::move(options), fmt::format("eaten-{}", percent),
                                fmt::format("{} % of the memory eaten", percent)));
    }
    return runs;
}

Runs fragmented(const RunOptions& common)
{
    RunOptions single = common;
    single.condition.fragmented = true;
    return {labelled(common, "whole", "memory as it is"),
            labelled(std::move(single), "fragmented", "single pages only")};
}

Runs concurrent(const RunOptions& common)
{
    Runs runs;
    for (const unsigned number : {1U, 2U, 4U, 8U}) {
        RunOptions options = common;
        options.at_once = number;
        runs.push_back(labelled(std::move(options), fmt::format("at-once-{}", number),
                                fmt::format("{} at once", number)));
    }
    return runs;
}

Runs sizes(const RunOptions& common)
{
    RunOptions options = common;
    options.limit = false;
    return {labelled(std::move(options), "sizes", "one size after the other")};
}

Runs latency(const RunOptions& common)
{
    RunOptions idle = common;
    idle.limit = false;
    RunOptions eaten = idle;
    eaten.condition.eaten_percent = 50;
    RunOptions competing = idle;
    // Numbers below that are those of the files that are loaded.
    competing.condition.read_file = pattern_path(common.directory, kCompetingFileSize, common.at_once);
    return {labelled(std::move(idle), "latency-idle", "idle machine"),
            labelled(std::move(eaten), "latency-eaten", "half of the memory eaten"),
            labelled(std::move(competing), "latency-competing", "another process reads from the same disk")};
}

Runs kills(const RunOptions& common)
{
    RunOptions options = common;
    options.limit = false;
    if (options.kills == 0)
        options.kills = 40;
    return {labelled(std::move(options), "kills", "loads that are killed")};
}

Runs seed_table(const RunOptions& common)
{
    RunOptions options = common;
    // The stages are forms of alloc-read.
    const auto& methods = common.methods;
    options.stages = methods.empty() || std::ranges::find(methods, "alloc-read") != methods.end();
    return {labelled(std::move(options), "seed-table", "the table of the 2024 patches")};
}

constexpr std::string_view kDiskRate = "a disk whose rate can be set";

std::vector<Scenario> make_scenarios()
{
    return {
        {.name = "default",
         .summary = "the main methods, unthrottled and at the phone-like rate, a half and a quarter of it",
         .needs = kDiskRate},
        {.name = "smoke",
         .summary = "every method, few rounds: whether all of it works",
         .sizes = {512 * kKilo, 8 * kMega},
         .rounds = 3,
         .time = 30s,
         .runs = smoke},
        {.name = "rates",
         .summary = "every method at disk rates from a tenth of the phone-like one to unthrottled",
         .needs = kDiskRate},
        {.name = "busy",
         .summary = "every CPU has other work, which loses by the loads",
         .sizes = {256 * kMega},
         .methods = main_methods(),
         .time = 4min,
         .varies = {"--busy"},
         .runs = busy},
        {.name = "pressure",
         .summary = "0, 25, 50 and 75 % of the memory eaten by another process",
         .sizes = {256 * kMega},
         .methods = main_methods(),
         .time = 8min,
         .varies = {"--eat"},
         .runs = pressure},
        {.name = "fragmented",
         .summary = "no free memory but single pages",
         .sizes = {256 * kMega},
         .methods = main_methods(),
         .time = 4min,
         .varies = {"--fragment"},
         .runs = fragmented},
        {.name = "small-memory",
         .summary = "a guest with 1.25 times the memory that the file has",
         .needs = "a machine whose memory can be chosen"},
        {.name = "concurrent",
         .summary = "1, 2, 4 and 8 loads at once",
         .sizes = {64 * kMega},
         .methods = main_methods(),
         .time = 4min,
         .varies = {"--at-once", "FILE"},
         .runs = concurrent},
        {.name = "filesystems",
         .summary = "ext4, f2fs, xfs, erofs, a raw disk, and tmpfs",
         .needs = "disks that it can format"},
        {.name = "sizes",
         .summary = "from 64 MB to 8 GB, alloc-read; needs 13 GB of memory and 10 of disk",
         .sizes = {64 * kMega, 256 * kMega, kGiga, 8 * kGiga},
         .methods = {"alloc-read"},
         .time = 8min,
         .runs = sizes},
        {.name = "latency",
         .summary = "32 loads of 64 MB each: idle, half of the memory eaten, and beside other reads",
         .sizes = {64 * kMega},
         .rounds = 32,  // a band needs 30; one or two may be not cold
         .time = 20min,
         .varies = {"--eat"},
         .runs = latency},
        {.name = "kills",
         .summary = "how long a load takes to end that is killed",
         .sizes = {256 * kMega},
         .methods = main_methods(),
         .rounds = 3,
         .time = 1min,
         .runs = kills},
        {.name = "seed-table",
         .summary = "512 KB, 8 MB, 1 GB and 3 GB, seven samples: the table of the 2024 patches",
         .sizes = {512 * kKilo, 8 * kMega, kGiga, 3 * kGiga},
         .rounds = 7,
         .time = 92min,
         .runs = seed_table},
    };
}

Result<const Scenario*> find(std::string_view name)
{
    const auto found = std::ranges::find(scenarios(), name, &Scenario::name);
    if (found == scenarios().end()) {
        std::vector<std::string_view> names;
        for (const Scenario& scenario : scenarios())
            names.push_back(scenario.name);
        return fail("there is no scenario", std::string(name), 0,
                    fmt::format("the scenarios are {}", fmt::join(names, ", ")));
    }
    return &*found;
}

/// What all runs have in common: the scenario's own, where nothing was given.
RunOptions common_options(const Scenario& scenario, const RunOptions& asked, const GivenOptions& given)
{
    RunOptions common = asked;
    if (!given.contains("--sizes"))
        common.sizes = scenario.sizes;
    if (!given.contains("--methods"))
        common.methods = scenario.methods;
    Plan& plan = common.plan;
    const bool least = given.contains("--min-rounds");
    const bool most = given.contains("--max-rounds");
    if (scenario.rounds != 0 && !least)
        plan.min_rounds = scenario.rounds;
    if (scenario.rounds != 0 && !most)
        plan.max_rounds = scenario.rounds;
    // Of the two, the one that was given moves the other along.
    if (!least)
        plan.min_rounds = std::min(plan.min_rounds, plan.max_rounds);
    if (!most)
        plan.max_rounds = std::max(plan.min_rounds, plan.max_rounds);
    if (!given.contains("--budget"))
        common.plan.budget = scenario.time;
    return common;
}

}  // namespace

std::span<const Scenario> scenarios()
{
    static const std::vector<Scenario> all = make_scenarios();
    return all;
}

std::string list_scenarios()
{
    std::string list;
    for (const Scenario& scenario : scenarios())
        list += fmt::format("  {:<14} {}\n", scenario.name, scenario.summary);
    return list;
}

Result<std::vector<ScenarioRun>> expand_scenario(std::string_view name, const RunOptions& asked,
                                                 const GivenOptions& given)
{
    const auto found = find(name);
    if (!found)
        return std::unexpected(found.error());
    const Scenario& scenario = **found;
    if (!scenario.needs.empty())
        return fail("scenario", fmt::format("{} needs {}", name, scenario.needs), 0,
                    fmt::format("use `make bench SCENARIO={}`", name));
    auto decided = scenario.varies;
    decided.emplace_back("--label");
    for (const std::string_view option : decided) {
        if (given.contains(option))
            return fail(std::string(option), "", 0,
                        fmt::format("leave it out, the scenario {} has its own for each run", name));
    }
    Runs runs = scenario.runs(common_options(scenario, asked, given));
    double shares = 0;
    for (const ScenarioRun& run : runs)
        shares += run.share;
    for (ScenarioRun& run : runs) {
        auto& budget = run.options.plan.budget;
        budget = std::chrono::duration_cast<std::chrono::nanoseconds>(budget * (run.share / shares));
    }
    return runs;
}

}  // namespace dmaload::bench
