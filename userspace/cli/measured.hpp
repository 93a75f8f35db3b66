// SPDX-License-Identifier: Apache-2.0
/// \file
/// What `dmaload bench` measures, by one run or several.
#pragma once

#include <bench/report.hpp>
#include <bench/scenario_run.hpp>
#include <bench/scenarios.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include <dmaload/error.hpp>

namespace dmaload::cli {

struct Measured {
    bench::Report report;             ///< of one part
    std::string path;                 ///< of the result file
    std::optional<Error> error = {};  ///< what kept the rest from being measured
    bool interrupted = false;         ///< by SIGINT or SIGTERM

    [[nodiscard]] const nlohmann::json& result() const { return report.parts.front().result; }
};

using Deadline = std::optional<std::chrono::nanoseconds>;

/// One run, which writes its result file itself.
[[nodiscard]] Result<Measured> measure(const bench::RunOptions& options, Deadline deadline);

/// Several runs, whose results are joined in the file \p path. An error where
/// nothing was measured.
[[nodiscard]] Result<Measured> measure(std::span<const bench::ScenarioRun> runs, const std::string& path,
                                       Deadline deadline, const bench::RunFunction& run_one = bench::run);

}  // namespace dmaload::cli
