// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bench/analysis.hpp>
#include <bench/results.hpp>
#include <bench/table.hpp>
#include <bench/verdict.hpp>
#include <memory>

#include "commands.hpp"
#include "output.hpp"

namespace dmaload::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string output;
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

int run(const Options& options)
{
    std::vector<nlohmann::json> results;
    for (const std::string& file : options.files) {
        auto result = bench::load_result(file);
        if (!result) {
            print_error(result.error());
            return exit_failed;
        }
        results.push_back(std::move(*result));
    }
    const nlohmann::json result = results.size() == 1 ? results.front() : bench::merge(results);
    if (!options.output.empty()) {
        if (const auto written = bench::write_result(options.output, result); !written) {
            print_error(written.error());
            return exit_failed;
        }
    }
    const auto groups = bench::analyse(result);
    if (!groups) {
        print_error(groups.error());
        return exit_failed;
    }
    if (options.phone_like)
        return print_phone_like(*groups);
    if (options.json) {
        fmt::print("{}\n", result.dump(1));
    } else {
        fmt::print("{}", bench::render_table(*groups, result));
        if (!options.no_verdict)
            fmt::print("\n{}", bench::verdict(*groups));
    }
    if (!bench::all_verified(result)) {
        print_note("loads failed or brought wrong content; see \"failures\" and \"wrong\" in the result");
        return exit_failed;
    }
    return exit_done;
}

}  // namespace

void add_report(CLI::App& app, int& exit_code)
{
    auto* const verb =
        app.add_subcommand("report", "Show results of bench as a table, and what they say in words");
    auto options = std::make_shared<Options>();
    verb->add_option("RESULT", options->files,
                     "Result files or journals of `dmaload bench`; several are joined")
        ->required();
    verb->add_option("--output", options->output, "Write them as one result file as well");
    verb->add_flag(
        "--phone-like", options->phone_like,
        "Only print the phone-like disk rate: four times what mmap-read buffered reached, in bytes a second");
    verb->add_flag("--no-verdict", options->no_verdict, "Only the table");
    verb->add_flag("--json", options->json, "Print the joined result instead");
    verb->footer("Exit status 1 if a load in them failed or brought content that is not the file's.");
    verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace dmaload::cli
