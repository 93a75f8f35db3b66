// SPDX-License-Identifier: Apache-2.0
/// \file
/// Several runs, one after the other.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/run.hpp"
#include "bench/scenarios.hpp"

namespace dmaload::bench {

/// How they ended.
struct ScenarioOutcome {
    std::vector<std::string> journals;  ///< that have something in them, in the order of the runs
    std::optional<Error> error;         ///< of the run that ended the scenario
    bool interrupted = false;           ///< by SIGINT or SIGTERM; what was measured is kept
};

/// run() or, in tests, what takes its place.
using RunFunction = std::function<Result<RunOutcome>(const RunOptions&)>;

/// Runs them. The first that ends with an error, and the first Ctrl-C, also
/// between two of them, end all. Journals of the same labels, of an earlier
/// time, are removed first, so that they are not taken for those of runs that
/// do not begin.
[[nodiscard]] ScenarioOutcome run_scenario(std::span<const ScenarioRun> runs,
                                           const RunFunction& run_one = run);

}  // namespace dmaload::bench
