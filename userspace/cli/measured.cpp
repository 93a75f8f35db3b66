// SPDX-License-Identifier: Apache-2.0
#include "measured.hpp"

#include <bench/results.hpp>
#include <utility>

namespace dmaload::cli {

Result<Measured> measure(const bench::RunOptions& options, Deadline deadline)
{
    auto outcome = bench::run(options);
    if (!outcome)
        return std::unexpected(outcome.error());
    auto report = bench::make_report({{outcome->path, std::move(outcome->result)}}, deadline);
    if (!report)
        return std::unexpected(report.error());
    return Measured{.report = std::move(*report), .path = outcome->path, .interrupted = outcome->interrupted};
}

Result<Measured> measure(std::span<const bench::ScenarioRun> runs, const std::string& path, Deadline deadline,
                         const bench::RunFunction& run_one)
{
    auto outcome = bench::run_scenario(runs, run_one);
    const auto nothing = [&]() -> std::unexpected<Error> {
        return outcome.error ? std::unexpected(*outcome.error)
                             : fail("bench", "interrupted", 0, "nothing was measured");
    };
    if (outcome.journals.empty())
        return nothing();
    auto report = bench::read_report(outcome.journals, deadline);
    if (!report)
        return std::unexpected(report.error());
    // A run that could not begin has a journal too, which says what it is about.
    if (outcome.error && report->parts.front().groups.empty())
        return nothing();
    Measured measured{.report = std::move(*report),
                      .path = path,
                      .error = std::move(outcome.error),
                      .interrupted = outcome.interrupted};
    if (const auto written = bench::write_result(path, measured.result()); !written)
        return std::unexpected(written.error());
    return measured;
}

}  // namespace dmaload::cli
