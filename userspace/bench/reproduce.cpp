// SPDX-License-Identifier: Apache-2.0
#include "bench/reproduce.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/result_runs.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// The scenario of scripts/bench that a run belongs to, by what its name
/// begins with. Only results from before commands were kept need it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kScenarioOfRun = {{
    {"unthrottled", "default"},
    {"phone-like", "default"},
    {"half", "default"},
    {"quarter", "default"},
    {"smoke", "smoke"},
    {"rate-", "rates"},
    {"idle", "busy"},
    {"busy", "busy"},
    {"eaten-", "pressure"},
    {"whole", "fragmented"},
    {"fragmented", "fragmented"},
    {"small-memory", "small-memory"},
    {"at-once-", "concurrent"},
    {"ext4", "filesystems"},
    {"f2fs", "filesystems"},
    {"xfs", "filesystems"},
    {"erofs", "filesystems"},
    {"raw", "filesystems"},
    {"tmpfs", "filesystems"},
    {"sizes", "sizes"},
    {"latency-", "latency"},
    {"kills", "kills"},
    {"seed-table", "seed-table"},
}};

/// Every scenario of scripts/bench but the default one begins with this run,
/// which therefore says nothing about which it was.
constexpr std::string_view kCalibration = "calibration";

std::string make_command(std::string_view run)
{
    const auto* const found =
        std::ranges::find_if(kScenarioOfRun, [&](const auto& entry) { return run.starts_with(entry.first); });
    const bool other = found != kScenarioOfRun.end() && found->second != "default";
    return other ? fmt::format("make bench SCENARIO={}", found->second) : "make bench";
}

std::string command_of(const json& run)
{
    const json context = run.value("context", json::object());
    const json notes = context.value("notes", json::object());
    const std::string command = notes.value("command", "");
    std::string revision = notes.value("revision", "");
    if (revision.empty())
        return command.empty() ? "dmaload bench  # with which options was not kept" : command;
    constexpr std::string_view kDirty = "-dirty";
    const bool dirty = revision.ends_with(kDirty);
    if (dirty)
        revision.resize(revision.size() - kDirty.size());
    return fmt::format("git checkout {} && {}{}", revision,
                       command.empty() ? make_command(run.value("scenario", "")) : command,
                       dirty ? "  # measured with local changes beyond that commit" : "");
}

}  // namespace

std::string reproduce_command(const json& result)
{
    try {
        std::vector<json> runs = runs_of(result);
        const auto is_other = [](const json& run) { return run.value("scenario", "") != kCalibration; };
        if (std::ranges::any_of(runs, is_other))
            std::erase_if(runs, [&](const json& run) { return !is_other(run); });
        std::vector<std::string> lines;
        for (const json& run : runs) {
            std::string line = command_of(run);
            if (std::ranges::find(lines, line) == lines.end())
                lines.push_back(std::move(line));
        }
        return fmt::format("{}", fmt::join(lines, "\n"));
    } catch (const json::exception&) {
        return {};  // a context of another shape says nothing
    }
}

}  // namespace dmaload::bench
