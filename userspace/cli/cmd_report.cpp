// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bench/analysis.hpp>
#include <bench/report_formats.hpp>
#include <bench/results.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>

#include "commands.hpp"
#include "deadline.hpp"
#include "output.hpp"

namespace dmaload::cli {
namespace {

struct ReportOptions {
    std::vector<std::string> files;
    std::string format;
    std::string output;
    std::string deadline;
    bool phone_like = false;
    bool no_verdict = false;
    bool json = false;
};

/// Prints the disk rate that is to "normal" what a phone's storage is to its own.
int print_phone_like(const std::vector<bench::Group>& groups)
{
    const bench::Row* normal = nullptr;
    std::uint64_t size = 0;
    for (const bench::Group& group : groups) {
        if (group.normal() != nullptr && group.size > size) {
            normal = group.normal();
            size = group.size;
        }
    }
    if (normal == nullptr) {
        print_note("no cold and verified sample of mmap-read buffered, which the rate is derived from");
        return exit_failed;
    }
    fmt::print("{}\n", bench::phone_like_rate(size, normal->total.median));
    return exit_done;
}

/// What was asked for, or what the output's name says; without either, tables.
std::string format_of(const ReportOptions& options)
{
    if (!options.format.empty())
        return options.format;
    const std::string ending = std::filesystem::path(options.output).extension();
    if (ending == ".md")
        return "markdown";
    if (ending == ".csv")
        return "csv";
    return ending == ".html" ? "html" : "text";
}

Result<void> write_text(const std::string& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        return fail("write", path, errno, "Choose another place with --output.");
    return {};
}

/// The results as one; several of the same scenario cannot be one.
Result<nlohmann::json> joined(const bench::Report& report)
{
    if (report.compares())
        return fail("join", "results of the same scenario", EINVAL,
                    "They come from several runs and would be mixed up; name the parts of one run.");
    return report.parts.front().result;
}

Result<bench::Report> load(const ReportOptions& options)
{
    const auto deadline = parse_deadline(options.deadline);
    if (!deadline)
        return std::unexpected(deadline.error());
    return bench::read_report(options.files, *deadline);
}

/// Prints the report, or writes it to a file.
Result<void> put_out(const bench::Report& report, const ReportOptions& options)
{
    const std::string format = format_of(options);
    const bool as_result = !options.output.empty() && options.format.empty() && format == "text";
    if (options.json || as_result) {
        const auto result = joined(report);
        if (!result)
            return std::unexpected(result.error());
        if (!options.output.empty()) {
            if (auto written = bench::write_result(options.output, *result); !written)
                return written;
        }
        if (options.json) {
            fmt::print("{}\n", result->dump(1));
            return {};
        }
    }
    const auto text = bench::render(report, format, !options.no_verdict);
    if (!text)
        return std::unexpected(text.error());
    if (!options.output.empty() && !as_result)
        return write_text(options.output, *text);
    fmt::print("{}", *text);
    return {};
}

int run(const ReportOptions& options)
{
    const auto report = load(options);
    if (!report) {
        print_error(report.error());
        return report.error().code == EINVAL ? exit_usage : exit_failed;
    }
    if (options.phone_like)
        return print_phone_like(report->parts.front().groups);
    if (const auto done = put_out(*report, options); !done) {
        print_error(done.error());
        return done.error().code == EINVAL ? exit_usage : exit_failed;
    }
    if (!std::ranges::all_of(report->parts, bench::all_verified, &bench::ReportPart::result)) {
        print_note("loads failed or brought wrong content; see \"failures\" and \"wrong\" in the result");
        return exit_failed;
    }
    return exit_done;
}

}  // namespace

void add_report(CLI::App& app, int& exit_code)
{
    auto* const verb = app.add_subcommand(
        "report", "Show results of bench: tables, what they say in words, a page with charts");
    auto options = std::make_shared<ReportOptions>();
    verb->add_option(
            "RESULT", options->files,
            "Result files or journals of `dmaload bench`. Those that have a scenario in common come from "
            "several machines or kernels and are put side by side; others are joined")
        ->required();
    verb->add_option("--format", options->format,
                     "What to make; without it, what --output's name ends with says")
        ->check(CLI::IsMember({"text", "markdown", "csv", "html"}));
    verb->add_option("-o,--output", options->output,
                     "Write the report there. A name that ends with none of .md, .csv and .html is, without "
                     "--format, that of a result file: the joined results, beside the tables printed");
    verb->add_option("--deadline", options->deadline,
                     "Say which methods always, sometimes and never loaded within this time (2s, 500ms)");
    verb->add_flag(
        "--phone-like", options->phone_like,
        "Only print the phone-like disk rate: four times what mmap-read buffered reached, in bytes a second");
    verb->add_flag("--no-verdict", options->no_verdict, "Only the tables");
    verb->add_flag("--json", options->json, "Print the joined result instead");
    verb->footer(
        "Examples:\n"
        "  dmaload report build/results/latest.json -o report.html\n"
        "  dmaload report phone-a.json phone-b.json --deadline 2s --format markdown\n"
        "Exit status 1 if a load in them failed or brought content that is not the file's.");
    verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace dmaload::cli
