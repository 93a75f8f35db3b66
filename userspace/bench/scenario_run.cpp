// SPDX-License-Identifier: Apache-2.0
#include "bench/scenario_run.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "bench/interrupt.hpp"
#include "bench/progress.hpp"
#include "bench/test_file.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {
namespace {

Result<void> begin(const RunOptions& options, Progress& progress)
{
    const std::string& path = options.condition.read_file;
    if (path.empty())
        return {};
    return make_pattern_file(path, kCompetingFileSize, [&](std::uint64_t done, std::uint64_t all) {
        progress.show(fmt::format("writing {}: {} of {}", path, format_size(done), format_size(all)));
    });
}

}  // namespace

ScenarioOutcome run_scenario(std::span<const ScenarioRun> runs, const RunFunction& run_one)
{
    const InterruptGuard guard;
    ScenarioOutcome outcome;
    std::error_code ignored;  // one that cannot be removed cannot be written either
    for (const ScenarioRun& run : runs)
        std::filesystem::remove(journal_path(run.options), ignored);
    for (std::size_t i = 0; i < runs.size() && !outcome.error && !InterruptGuard::interrupted(); ++i) {
        const RunOptions& options = runs[i].options;
        Progress progress(options.quiet);
        progress.say(fmt::format("== {} of {}: {}", i + 1, runs.size(), runs[i].about));
        if (auto begun = begin(options, progress); !begun)
            outcome.error = std::move(begun.error());
        else if (auto done = run_one(options); !done)
            outcome.error = std::move(done.error());
        const auto size = std::filesystem::file_size(journal_path(options), ignored);
        if (!ignored && size > 0)
            outcome.journals.push_back(journal_path(options));
    }
    outcome.interrupted = InterruptGuard::interrupted();
    return outcome;
}

}  // namespace dmaload::bench
