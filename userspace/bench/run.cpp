// SPDX-License-Identifier: Apache-2.0
#include "bench/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <utility>

#include "bench/bandwidth.hpp"
#include "bench/environment.hpp"
#include "bench/host_findings.hpp"
#include "bench/interrupt.hpp"
#include "bench/limit_run.hpp"
#include "bench/memory.hpp"
#include "bench/progress.hpp"
#include "bench/recorder.hpp"
#include "bench/run_files.hpp"
#include "bench/run_subjects.hpp"
#include "bench/settings_run.hpp"
#include "bench/traced_load.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using Clock = std::chrono::steady_clock;

namespace {

/// A subject at one file or set of them: what is measured again and again.
struct Cell {
    Subject subject;
    std::size_t files = 0;
    std::optional<std::uint64_t> extra_memory;
    std::optional<Phases> traced = {};  ///< where the kernel has tracepoints
    std::chrono::nanoseconds latest{};  ///< of a sample that counts
};

class Run {
public:
    explicit Run(const RunOptions& options) : options_(options), progress_(options.quiet) {}
    Result<RunOutcome> execute();

private:
    Result<void> choose_cells();
    [[nodiscard]] nlohmann::json describe_machine() const;
    Result<void> open_journal(nlohmann::json context);
    Result<void> choose_settings();
    Result<void> measure_rounds();
    Result<void> measure_kills();
    Result<void> trace(Cell& cell);
    Result<void> turn(const Schedule::Turn& turn, Schedule& schedule);
    [[nodiscard]] std::string describe(const Cell& cell) const;
    [[nodiscard]] std::size_t largest_files() const;

    RunOptions options_;
    RunLabel label_;
    Progress progress_;
    InterruptGuard interrupt_;
    std::vector<Files> files_;
    std::optional<Condition> condition_;
    RunSubjects subjects_;
    std::vector<Cell> cells_;
    std::map<std::uint64_t, std::uint64_t> plain_drop_;  ///< by file size
    std::optional<Recorder> recorder_;
    std::string no_trace_;  ///< why there is no recorder
    std::optional<CpuClock> cpu_;
    std::optional<Journal> journal_;
    nlohmann::json host_findings_;  ///< null where there are none
};

/// Of the journal and the result file, without what tells them apart.
std::string base_path(const RunOptions& options)
{
    return fmt::format("{}/bench-{}", options.results, options.scenario);
}

/// Where they stand in files_, which has some.
std::size_t Run::largest_files() const
{
    const auto largest =
        std::ranges::max_element(files_, {}, [](const Files& files) { return files.front().size; });
    return static_cast<std::size_t>(largest - files_.begin());
}

std::string Run::describe(const Cell& cell) const
{
    const Files& files = files_[cell.files];
    return fmt::format("{} {}, {}{}", cell.subject.name(), to_string(cell.subject.mode),
                       files.size() > 1 ? fmt::format("{} x ", files.size()) : "",
                       format_size(files.front().size));
}

Result<void> Run::choose_cells()
{
    auto chosen = choose_subjects(options_);
    if (!chosen)
        return std::unexpected(chosen.error());
    subjects_ = std::move(*chosen);
    for (const Subject& subject : subjects_.methods) {
        for (std::size_t files = 0; files < files_.size(); ++files)
            cells_.push_back({.subject = subject, .files = files, .extra_memory = std::nullopt});
    }
    for (const Subject& stage : subjects_.stages)
        cells_.push_back({.subject = stage, .files = largest_files(), .extra_memory = std::nullopt});
    return {};
}

/// As it is by itself: what the condition adds to it is not to be found there
/// as the load of somebody else.
nlohmann::json Run::describe_machine() const
{
    std::vector<TestFile> all_files;
    for (const Files& files : files_)
        all_files.insert(all_files.end(), files.begin(), files.end());
    auto context = describe_environment({.files = all_files, .heap = options_.heap, .notes = options_.notes});
    context["calibration"] = calibrate();
    if (!host_findings_.is_null())
        context["host_findings"] = host_findings_;
    return context;
}

// NOLINTBEGIN(bugprone-unchecked-optional-access): execute() sets the members before it calls what uses them.
Result<void> Run::open_journal(nlohmann::json context)
{
    std::error_code error;
    std::filesystem::create_directories(options_.results, error);
    if (error)
        return fail("create", options_.results, error.value(), "Choose another folder with --results.");
    auto journal = Journal::create(journal_path(options_));
    if (!journal)
        return std::unexpected(journal.error());
    journal_ = std::move(*journal);

    context["cpu"].update(describe_cpu_time(*cpu_));
    context["loads_at_once"] = options_.at_once;
    context["condition"] = condition_->description();
    context["tracing"] = recorder_ ? "in loads of their own, untimed" : no_trace_;
    context["plan"] = {
        {"seed", options_.seed},
        {"min_rounds", options_.plan.min_rounds},
        {"max_rounds", options_.plan.max_rounds},
        {"precision", options_.plan.precision},
        {"budget_ns", options_.plan.budget.count()},
        {"disk_rate", options_.disk ? nlohmann::json(options_.disk->rate) : nlohmann::json(nullptr)},
        {"disk_latency_us", options_.disk ? options_.disk->latency.count() : 0}};
    if (auto written = journal_->append(context_record(label_, std::move(context))); !written)
        return written;
    for (const auto& [subject, reason] : subjects_.unavailable) {
        progress_.say(
            fmt::format("{} {} is not available: {}", subject.name(), to_string(subject.mode), reason));
        if (auto written = journal_->append(unavailable_record(label_, subject, reason)); !written)
            return written;
    }
    return {};
}

/// Takes the phases of alloc-read from the kernel. Tracing takes time, so it
/// is done in loads of their own.
Result<void> Run::trace(Cell& cell)
{
    if (!recorder_ || cell.subject.method != find_method("alloc-read") || options_.at_once > 1)
        return {};
    const TestFile& file = files_[cell.files].front();
    const auto loads = traced_loads(cell.subject, file, *recorder_);
    if (!loads) {
        progress_.say(fmt::format("{}: no phases: {}", describe(cell), loads.error().message()));
        return {};
    }
    for (const Timeline& load : *loads) {
        const auto prediction = options_.disk ? predict(load, *options_.disk) : std::nullopt;
        if (auto written = journal_->append(trace_record(label_, cell.subject, file.size, load, prediction));
            !written)
            return written;
    }
    cell.traced = typical(*loads).phases();
    return {};
}

Result<void> Run::turn(const Schedule::Turn& turn, Schedule& schedule)
{
    Cell& cell = cells_[turn.cell];
    const Files& files = files_[cell.files];
    const std::uint64_t size = total_size(files);
    const auto start = Clock::now();
    const auto failed = [&](const Error& error) -> Result<void> {
        schedule.record(turn, std::nullopt, Clock::now() - start);
        if (InterruptGuard::interrupted())
            return {};
        schedule.drop(turn.cell);
        progress_.say(fmt::format("{}: {}", describe(cell), error.message()));
        return journal_->append(failure_record(label_, cell.subject, size, turn.round, error.message()));
    };

    if (turn.warm_up == 2) {
        // The second warm-up is the one whose memory is looked at.
        const auto extra = extra_memory(cell.subject, files, plain_drop_[files.front().size]);
        if (!extra)
            return failed(extra.error());
        cell.extra_memory = *extra;
        schedule.record(turn, std::nullopt, Clock::now() - start);
        return trace(cell);
    }
    auto sample = take_sample(cell.subject, files, *cpu_, *condition_);
    if (!sample)
        return failed(sample.error());
    if (cell.traced) {
        sample->phases = *cell.traced;
        sample->phases_traced = true;
    }
    const bool counts = sample->not_cold.empty() && sample->wrong.empty();
    schedule.record(turn, counts ? std::optional(static_cast<double>(sample->total.count())) : std::nullopt,
                    Clock::now() - start);
    if (counts)
        cell.latest = sample->total;
    if (!sample->wrong.empty())
        progress_.say(fmt::format("{}: WRONG CONTENT: {}", describe(cell), sample->wrong));
    // A warm-up's time means nothing, but wrong content always does.
    if (turn.warm_up != 0 && sample->wrong.empty())
        return {};
    return journal_->append(sample_record(label_, cell.subject, size, turn.round, *sample, cpu_->resolution(),
                                          cell.extra_memory));
}

/// Each method's loads of the largest file, killed at random moments of the
/// time that its latest load took.
Result<void> Run::measure_kills()
{
    std::mt19937_64 random(options_.seed);
    for (const Cell& cell : cells_) {
        if (cell.files != largest_files() || cell.latest.count() == 0)
            continue;
        const TestFile& file = files_[cell.files].front();
        for (int i = 0; i < options_.kills && !InterruptGuard::interrupted(); ++i) {
            progress_.show(fmt::format("{}: kill {} of {}: {}", options_.scenario, i + 1, options_.kills,
                                       describe(cell)));
            std::uniform_real_distribution<double> part(0.1, 0.9);
            const auto after =
                std::chrono::duration_cast<std::chrono::nanoseconds>(cell.latest * part(random));
            const auto killed = kill_load(cell.subject, file, after);
            if (!killed)
                return std::unexpected(killed.error());
            if (auto written = journal_->append(kill_record(label_, cell.subject, file.size, *killed));
                !written)
                return written;
        }
    }
    return {};
}

Result<void> Run::choose_settings()
{
    if (options_.own_settings)
        return {};
    SettingsRun settings(label_, progress_, *journal_, options_.seed);
    for (Cell& cell : cells_) {
        if (auto done = settings.choose(cell.subject, files_[cell.files]); !done)
            return done;
    }
    return {};
}

Result<void> Run::measure_rounds()
{
    for (const Files& files : files_) {
        const std::uint64_t size = files.front().size;
        for (int i = 0; i < 2; ++i)  // the first call of any path is not like the others
            plain_drop_[size] = plain_allocation_drop(options_.heap, size);
    }
    std::vector<ScheduledCell> scheduled;
    for (std::size_t i = 0; i < cells_.size(); ++i)
        scheduled.push_back({i, total_size(files_[cells_[i].files])});
    Schedule schedule(scheduled, options_.plan, options_.seed);

    const auto start = Clock::now();
    while (!InterruptGuard::interrupted()) {
        const auto elapsed = Clock::now() - start;
        const auto next = schedule.next(elapsed);
        if (!next)
            break;
        const std::string stage = next->warm_up != 0 ? fmt::format("warm-up {} of 2", next->warm_up)
                                                     : fmt::format("round {}", next->round);
        // Before each cell has run once there is nothing to guess from.
        const auto left = next->warm_up == 1 ? std::nullopt : std::optional(schedule.time_left(elapsed));
        progress_.show(fmt::format("{}: {}: {}", options_.scenario, stage, describe(cells_[next->cell])),
                       left);
        if (auto done = turn(*next, schedule); !done)
            return done;
    }
    if (schedule.budget_spent())
        progress_.say(
            fmt::format("{}: the time budget ended the run after {} rounds, before every interval was "
                        "narrower than {:.0f} %.",
                        options_.scenario, schedule.round(), options_.plan.precision * 100));
    return {};
}

Result<RunOutcome> Run::execute()
{
    if (!options_.allow_clock) {
        if (const auto good = check_clock(); !good)
            return std::unexpected(good.error());
    }
    if (!options_.host_findings.empty()) {
        auto findings = read_host_findings(options_.host_findings);
        if (!findings)
            return std::unexpected(findings.error());
        host_findings_ = std::move(*findings);
    }
    if (options_.seed == 0)
        options_.seed = std::random_device{}();
    label_.scenario = options_.scenario;
    if (options_.disk)
        label_.disk_rate = options_.disk->rate;

    auto files = prepare_files(options_, progress_);
    if (!files)
        return std::unexpected(files.error());
    files_ = std::move(*files);
    const UdmabufLimit udmabuf(files_[largest_files()].front().size);
    if (!udmabuf.note().empty()) {
        options_.notes["udmabuf"] = udmabuf.note();
        progress_.say(udmabuf.note());
    }
    if (const auto chosen = choose_cells(); !chosen)
        return std::unexpected(chosen.error());
    auto context = describe_machine();
    for (const std::string& warning : environment_warnings(context))
        progress_.say("warning: " + warning);
    auto condition = Condition::create(options_.condition, options_.heap);
    if (!condition)
        return std::unexpected(condition.error());
    condition_.emplace(std::move(*condition));
    if (auto recorder = Recorder::create())
        recorder_.emplace(std::move(*recorder));
    else
        no_trace_ = recorder.error().message();
    auto cpu = CpuClock::create();
    if (!cpu)
        return std::unexpected(cpu.error());
    cpu_ = std::move(*cpu);
    if (const auto opened = open_journal(std::move(context)); !opened)
        return std::unexpected(opened.error());
    progress_.say(fmt::format("{}: {} methods and modes, {} files, seed {}; journal {}.jsonl",
                              options_.scenario, subjects_.methods.size() + subjects_.stages.size(),
                              files_.size(), options_.seed, base_path(options_)));
    if (cells_.empty())
        return fail("bench", "no method", ENODEV,
                    "None works here; `dmaload probe` says what each of them misses.");

    LimitRun limits(options_, label_, files_, *cpu_, progress_, *journal_);
    if (const auto done = limits.measure(); !done)
        return std::unexpected(done.error());
    if (const auto done = choose_settings(); !done)
        return std::unexpected(done.error());
    if (const auto done = measure_rounds(); !done)
        return std::unexpected(done.error());
    if (const auto done = measure_kills(); !done)
        return std::unexpected(done.error());

    RunOutcome outcome;
    outcome.interrupted = InterruptGuard::interrupted();
    if (auto written = journal_->append(end_record(label_, outcome.interrupted ? "interrupted" : "done"));
        !written)
        return std::unexpected(written.error());
    auto result = load_result(journal_path(options_));
    if (!result)
        return std::unexpected(result.error());
    outcome.result = std::move(*result);
    outcome.path = base_path(options_) + ".json";
    if (const auto written = write_result(outcome.path, outcome.result); !written)
        return std::unexpected(written.error());
    return outcome;
}
// NOLINTEND(bugprone-unchecked-optional-access)

}  // namespace

std::string journal_path(const RunOptions& options)
{
    return base_path(options) + ".jsonl";
}

Result<RunOutcome> run(const RunOptions& options)
{
    return Run(options).execute();
}

}  // namespace dmaload::bench
