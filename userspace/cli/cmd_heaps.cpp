// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include <dmaload/heap.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace dmaload::cli {
namespace {

/// Whether the heap reads files, or ranges of them.
Result<void> probe(const std::string& name, Result<void> (Heap::*question)() const)
{
    const auto heap = Heap::open(name);
    return heap ? ((*heap).*question)() : std::unexpected(heap.error());
}

int run(bool json)
{
    const auto names = Heap::list();
    if (!names) {
        print_error(names.error());
        return names.error().code == ENOENT ? exit_skipped : exit_failed;
    }
    nlohmann::json all = nlohmann::json::array();
    std::vector<std::vector<std::string>> rows = {{"HEAP", "READS FILES", "READS RANGES", "WHY NOT"}};
    for (const std::string& name : *names) {
        const auto reads = probe(name, &Heap::probe_read);
        const auto ranges = probe(name, &Heap::probe_read_ranges);
        const std::string reason = !reads ? reads.error().message() : !ranges ? ranges.error().message() : "";
        rows.push_back({name, reads ? "yes" : "no", ranges ? "yes" : "no", reason});
        nlohmann::json heap = {
            {"name", name}, {"alloc_read", reads.has_value()}, {"ranges", ranges.has_value()}};
        if (!reason.empty())
            heap["reason"] = reason;
        all.push_back(std::move(heap));
    }
    if (json)
        fmt::print("{}\n", nlohmann::json{{"heaps", all}}.dump(2));
    else
        fmt::print("{}", format_table(rows));
    return names->empty() ? exit_skipped : exit_done;
}

}  // namespace

void add_heaps(CLI::App& app, int& exit_code)
{
    auto* const verb = app.add_subcommand("heaps", "List the dma-heaps, and which of them can read files");
    auto json = std::make_shared<bool>(false);
    verb->add_flag("--json", *json, "Print JSON instead of a table");
    verb->callback([json, &exit_code] { exit_code = run(*json); });
}

}  // namespace dmaload::cli
