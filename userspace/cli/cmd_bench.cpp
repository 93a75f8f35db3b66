// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bench/analysis.hpp>
#include <bench/report_formats.hpp>
#include <bench/run.hpp>
#include <bench/scenarios.hpp>
#include <bench/units.hpp>
#include <cctype>
#include <cerrno>
#include <memory>
#include <utility>

#include "commands.hpp"
#include "deadline.hpp"
#include "measured.hpp"
#include "output.hpp"
#include "shell_words.hpp"

namespace dmaload::cli {
namespace {

struct BenchOptions {
    bench::RunOptions run;
    std::string scenario;
    bench::GivenOptions given;             ///< beside the scenario
    std::vector<bench::ScenarioRun> runs;  ///< of the scenario
    std::vector<std::string> sizes = {"512K", "8M", "256M"};
    std::vector<std::string> notes;
    std::string disk_rate;
    std::string deadline;
    std::optional<std::chrono::nanoseconds> deadline_time;
    std::uint64_t disk_latency_us = 0;
    double budget_seconds = 300;
    double precision_percent = 5;
    bool json = false;
};

/// The texts of the command line as what the benchmark wants; false after a
/// complaint about one of them.
bool convert(BenchOptions& options)
{
    for (const std::string& text : options.sizes) {
        const auto size = bench::parse_size(text);
        if (!size || *size == 0) {
            print_note(fmt::format(
                "--sizes {}: a size is a number with K, M or G behind it, for example 512K", text));
            return false;
        }
        options.run.sizes.push_back(*size);
    }
    if (!options.disk_rate.empty()) {
        const auto rate = bench::parse_rate(options.disk_rate);
        if (!rate || *rate == 0) {
            print_note(
                fmt::format("--disk-rate {}: a rate is bytes a second, for example 800M", options.disk_rate));
            return false;
        }
        options.run.disk = bench::DiskModel{
            .rate = *rate,
            .latency = std::chrono::microseconds(static_cast<std::int64_t>(options.disk_latency_us))};
    }
    for (const std::string& note : options.notes) {
        const std::size_t equals = note.find('=');
        if (equals == 0 || equals == std::string::npos) {
            print_note(fmt::format("--note {}: a note is KEY=TEXT", note));
            return false;
        }
        options.run.notes[note.substr(0, equals)] = note.substr(equals + 1);
    }
    for (const char c : options.run.scenario) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') {
            print_note("--label: it becomes part of a file name; letters, digits, - and _ only");
            return false;
        }
    }
    if (const auto deadline = parse_deadline(options.deadline)) {
        options.deadline_time = *deadline;
    } else {
        print_error(deadline.error());
        return false;
    }
    const auto gave = [&](const char* option) { return options.given.contains(option); };
    // A scenario has bounds of its own; one alone moves the other along.
    const bool both_bounds = options.scenario.empty() || (gave("--min-rounds") && gave("--max-rounds"));
    if (both_bounds && options.run.plan.max_rounds < options.run.plan.min_rounds) {
        print_note("--max-rounds is below --min-rounds");
        return false;
    }
    options.run.plan.precision = options.precision_percent / 100;
    options.run.plan.budget =
        std::chrono::nanoseconds(static_cast<std::int64_t>(options.budget_seconds * 1e9));
    options.run.quiet = options.json;
    return true;
}

/// The runs of the scenario, each with its journal in a folder of the
/// scenario's; false after a complaint about the scenario or its options.
bool expand(BenchOptions& options)
{
    bench::RunOptions asked = options.run;
    asked.results = fmt::format("{}/{}", options.run.results, options.scenario);
    auto runs = bench::expand_scenario(options.scenario, asked, options.given);
    if (!runs) {
        print_error(runs.error());
        return false;
    }
    options.runs = std::move(*runs);
    return true;
}

int exit_code_of(const Error& error)
{
    switch (error.code) {
    case EINVAL:
        return exit_usage;
    case ENODEV:
        return exit_skipped;
    default:
        return exit_failed;
    }
}

/// Says how it ended; the exit status.
int judge(const Measured& measured)
{
    if (measured.error)
        print_error(*measured.error);
    if (!bench::all_verified(measured.result())) {
        print_note("loads failed or brought wrong content; see \"failures\" and \"wrong\" in " +
                   measured.path);
        return exit_failed;
    }
    if (measured.error || measured.interrupted) {
        print_note(fmt::format("{}; what was measured is in {}",
                               measured.interrupted ? "interrupted" : "ended early", measured.path));
        return exit_failed;
    }
    return exit_done;
}

int run(BenchOptions options)
{
    if (!convert(options) || (!options.scenario.empty() && !expand(options)))
        return exit_usage;
    const auto measured =
        options.scenario.empty()
            ? measure(options.run, options.deadline_time)
            : measure(options.runs, fmt::format("{}/bench-{}.json", options.run.results, options.scenario),
                      options.deadline_time);
    if (!measured) {
        print_error(measured.error());
        return exit_code_of(measured.error());
    }
    if (options.json) {
        fmt::print("{}\n", measured->result().dump(1));
    } else {
        const auto text = bench::render(measured->report, "text", true);
        if (!text) {
            print_error(text.error());
            return exit_failed;
        }
        fmt::print("{}\n{}\n", *text, measured->path);
    }
    return judge(*measured);
}

}  // namespace

void add_bench(CLI::App& app, const std::vector<std::string>& words, int& exit_code)
{
    auto* const verb =
        app.add_subcommand("bench", "Compare all methods on cold files, with the content verified");
    auto options = std::make_shared<BenchOptions>();
    bench::RunOptions& what = options->run;
    // A note of this name says how this command came about, and counts more.
    what.notes["command"] = shell_words(words);
    verb->add_option(
        "FILE", what.files,
        "Files to load; each is read once beforehand, and every sample is compared with its checksum. "
        "Without any, files of --sizes with known content are made in --dir and kept");
    verb->add_option("--scenario", options->scenario,
                     "Answer one of the questions listed below, by a run or several; options given beside "
                     "it win over its own");
    // Lists take one argument at a time, or they would take the files that stand behind them.
    verb->add_option("--sizes", options->sizes, "Sizes of the files made")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->capture_default_str();
    verb->add_option("--dir", what.directory, "Folder, on the disk to be measured, for the files made")
        ->capture_default_str();
    verb->add_option("--methods", what.methods,
                     "Only these methods, or variants of them (udmabuf:unpopulated)")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--heap", what.heap, "Heap to allocate from")->capture_default_str();
    verb->add_option("--min-rounds", what.plan.min_rounds, "Rounds at least")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    verb->add_option("--max-rounds", what.plan.max_rounds, "Rounds at most")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    verb->add_option("--precision", options->precision_percent,
                     "Enough when each 95 % interval is narrower than this many percent of its median")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option(
            "--budget", options->budget_seconds,
            "Seconds after which no round beyond --min-rounds is started; of all runs of a scenario together")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--seed", what.seed, "Seed of the order; 0 takes a random one and prints it")
        ->capture_default_str();
    verb->add_option("--disk-rate", options->disk_rate,
                     "What the disk can do, in bytes a second (800M, 1.2G), where that is known");
    verb->add_option("--disk-latency", options->disk_latency_us,
                     "Latency of the disk's requests in microseconds")
        ->capture_default_str();
    verb->add_option("--label", what.scenario,
                     "Name of this run in the results, where there is no --scenario")
        ->capture_default_str();
    verb->add_option("--results", what.results,
                     "Folder for the journal (a line a sample) and the result file")
        ->capture_default_str();
    verb->add_option(
            "--note", options->notes,
            "KEY=TEXT to be kept with the results; may be repeated. \"command\" is what the report says "
            "to run to measure the same again; without one, it is this command")
        ->allow_extra_args(false);
    verb->add_option(
        "--host-findings", what.host_findings,
        "File of what `dmaload doctor --host --json` found on the host of this guest, to be kept with "
        "the results");
    verb->add_flag(
        "--own-settings", what.own_settings,
        "Measure methods with the settings that they choose themselves. Without it, those that have "
        "variants (udmabuf-uring:512K:16) are tried with all of them first, and the best one counts");
    verb->add_flag("--stages", what.stages,
                   "Measure alloc-read direct in its earlier forms as well, with the largest file: what each "
                   "step brings. The kernel's knobs for that are put back in the end");
    verb->add_option("--at-once", what.at_once, "Loads at the same time, each of a file of its own")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    verb->add_flag("--busy", what.condition.busy,
                   "Keep every CPU busy with a spinner; how much CPU time they lose is measured");
    verb->add_option("--while", what.condition.command,
                     "Shell command that runs, again and again, while files are loaded");
    verb->add_option("--eat", what.condition.eaten_percent,
                     "Percent of all memory that another process holds meanwhile")
        ->check(CLI::Range(0, 95));
    verb->add_flag("--fragment", what.condition.fragmented,
                   "Leave only single free pages to the heap; takes about half of the free memory");
    verb->add_option(
            "--kills", what.kills,
            "After the rounds, kill so many loads of the largest file by each method, and measure how "
            "long they take to end")
        ->check(CLI::Range(0, 10000));
    verb->add_flag("!--no-limit", what.limit, "Do not measure the io_uring reader");
    verb->add_option(
            "--fio", what.fio,
            "Job files of fio to run beside it, in which ${FILE} is the file that is read; may be repeated")
        ->allow_extra_args(false);
    verb->add_flag("--allow-clock", what.allow_clock, "Measure although the clocksource cannot be trusted");
    verb->add_option("--deadline", options->deadline,
                     "Say which methods always, sometimes and never loaded within this time (2s, 500ms), of "
                     "those with at least 30 loads");
    verb->add_flag("--json", options->json, "Print the result as JSON, and nothing else");
    verb->footer(
        "Scenarios:\n" + bench::list_scenarios() +
        "They are those of `make bench SCENARIO=name`, on this machine and with its disk as it is. The joined "
        "result is RESULTS/bench-NAME.json; each run has its journal in RESULTS/NAME/.\n"
        "Needs root, to drop the page cache before each sample.\n"
        "Examples:\n"
        "  dmaload bench --dir /mnt/ufs --sizes 8M,1G\n"
        "  dmaload bench model.gguf\n"
        "  dmaload bench --scenario pressure --dir /data/local/tmp\n"
        "Ctrl-C ends after the present sample, a scenario as well, and keeps what was measured.\n"
        "Exit status 1 if a load failed or brought content that is not the file's.");
    verb->callback([options, verb, &exit_code] {
        for (const CLI::Option* option : verb->get_options()) {
            if (option->count() > 0)
                options->given.insert(option->get_name());
        }
        exit_code = run(*options);
    });
}

}  // namespace dmaload::cli
