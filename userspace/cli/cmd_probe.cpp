// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <dmaload/loader.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace dmaload::cli {
namespace {

struct ProbeOptions {
    std::string heap = "system";
    bool json = false;
};

int run(const ProbeOptions& options)
{
    nlohmann::json all = nlohmann::json::array();
    std::vector<std::vector<std::string>> rows = {{"METHOD", "MODE", "AVAILABLE", "WHAT IT IS"}};
    std::vector<PassedOver> stopped;
    bool any = false;
    for (const Method* method : methods()) {
        for (const Mode mode : {Mode::direct, Mode::buffered}) {
            const auto available = method->probe(options.heap, mode);
            any = any || available;
            rows.push_back({std::string(method->name()), std::string(to_string(mode)),
                            available ? "yes" : "no", std::string(method->summary())});
            nlohmann::json entry = {{"method", method->name()},
                                    {"mode", to_string(mode)},
                                    {"summary", method->summary()},
                                    {"available", available.has_value()}};
            if (!available) {
                entry["reason"] = available.error().message();
                stopped.push_back({method, mode, available.error()});
            }
            all.push_back(std::move(entry));
        }
    }
    if (options.json)
        fmt::print("{}\n", nlohmann::json{{"heap", options.heap}, {"methods", all}}.dump(2));
    else
        fmt::print("{}{}{}", format_table(rows), stopped.empty() ? "" : "\nWhy not:\n",
                   stopped.empty() ? "" : describe(stopped) + "\n");
    return any ? exit_done : exit_skipped;
}

}  // namespace

void add_probe(CLI::App& app, int& exit_code)
{
    auto* const verb =
        app.add_subcommand("probe", "Say which ways of loading work here, and why the others do not");
    auto options = std::make_shared<ProbeOptions>();
    verb->add_option("--heap", options->heap, "Heap to allocate from")->capture_default_str();
    verb->add_flag("--json", options->json, "Print JSON instead of a table");
    verb->footer("Nothing is loaded or left behind. Exit status 77 if no way works.");
    verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace dmaload::cli
