// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bench/doctor.hpp>
#include <bench/units.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace dmaload::cli {
namespace {

struct DoctorOptions {
    bench::Plans plans;
    std::string size = "256M";
    bool json = false;
};

void print_table(const std::vector<bench::Finding>& findings)
{
    std::vector<std::vector<std::string>> rows = {{"", "WHAT", "FOUND"}};
    std::string advice;
    for (const bench::Finding& finding : findings) {
        rows.push_back({std::string(to_string(finding.weight)), finding.what, finding.found});
        if (!finding.advice.empty())
            advice += fmt::format("{}: {}\n", finding.what, finding.advice);
    }
    fmt::print("{}", format_table(rows));
    if (!advice.empty())
        fmt::print("\n{}", advice);
}

int run(DoctorOptions& options)
{
    const auto size = bench::parse_size(options.size);
    if (!size || *size == 0) {
        print_note(fmt::format("--size {}: a size is a number with K, M or G behind it, for example 512K",
                               options.size));
        return exit_usage;
    }
    options.plans.largest_file = *size;
    const auto findings = bench::doctor_findings(options.plans);
    const bool fit = bench::fit_for_measuring(findings);
    if (options.json)
        fmt::print("{}\n", nlohmann::json{{"fit", fit}, {"findings", bench::to_json(findings)}}.dump(2));
    else
        print_table(findings);
    return fit ? exit_done : exit_failed;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code)
{
    auto* const verb = app.add_subcommand("doctor", "Check whether this machine is fit for measuring");
    auto options = std::make_shared<DoctorOptions>();
    verb->add_option("--heap", options->plans.heap, "Heap that will be allocated from")
        ->capture_default_str();
    verb->add_option("--size", options->size, "Largest file that will be loaded")->capture_default_str();
    verb->add_flag(
        "--host", options->plans.host,
        "Judge it as the host of a guest that measures: only what reaches the guest, such as other load");
    verb->add_flag("--json", options->json, "Print JSON instead of a table");
    verb->footer(
        "Exit status 1 if there is a problem: nothing could be measured, or nothing that could be trusted.\n"
        "Warnings and notes leave it 0. `dmaload bench` keeps the findings with its results.");
    verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace dmaload::cli
