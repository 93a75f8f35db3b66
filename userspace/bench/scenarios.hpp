// SPDX-License-Identifier: Apache-2.0
/// \file
/// Questions with a name, and the runs that answer them.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/run.hpp"

namespace dmaload::bench {

/// One run of a scenario; its label is in options.scenario.
struct ScenarioRun {
    RunOptions options;
    std::string about;  ///< what is different in it, for people: "half of the memory eaten"
    double share = 1;   ///< of the scenario's time, in proportion to those of the other runs
};

/// A question that one run answers, or several, each in a state of the machine
/// of its own. Names, labels and summaries are those of scripts/bench, which
/// asks the same in a guest.
struct Scenario {
    std::string_view name;
    std::string_view summary;
    std::string_view needs = {};  ///< what only a guest has; then there are no runs
    /// What holds for each run where nobody asked for anything else.
    std::vector<std::uint64_t> sizes = {};      ///< bytes
    std::vector<std::string> methods = {};      ///< empty: all
    int rounds = 0;                             ///< exactly so many; 0: as the plan has it
    std::chrono::seconds time{};                ///< of all runs together, beyond the least number of rounds
    std::vector<std::string_view> varies = {};  ///< options whose values are what the runs differ in
    /// The runs, from what all of them have in common.
    std::function<std::vector<ScenarioRun>(const RunOptions&)> runs = {};
};

/// All of them, in the order in which they are listed.
[[nodiscard]] std::span<const Scenario> scenarios();

/// "pressure        0, 25, 50 ..." of each, a line each, behind two spaces.
[[nodiscard]] std::string list_scenarios();

/// Names of the options, "--sizes", that were given beside the scenario's
/// name: theirs are the values of \p asked that win over the scenario's own.
using GivenOptions = std::set<std::string, std::less<>>;

/// The runs of the scenario \p name. The budget of \p asked is for all of them
/// together. An error, which is one of usage, where there is no such scenario,
/// where only a guest has what it needs, and where an option was given that the
/// scenario decides.
[[nodiscard]] Result<std::vector<ScenarioRun>> expand_scenario(std::string_view name, const RunOptions& asked,
                                                               const GivenOptions& given);

/// Size of the file that is read beside the loads of the scenario latency.
inline constexpr std::uint64_t kCompetingFileSize = std::uint64_t{256} << 20U;

}  // namespace dmaload::bench
