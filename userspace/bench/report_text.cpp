// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "bench/disk_rates.hpp"
#include "bench/kills.hpp"
#include "bench/published_table.hpp"
#include "bench/report_comparison.hpp"
#include "bench/report_formats.hpp"
#include "bench/report_group.hpp"
#include "bench/table.hpp"
#include "bench/units.hpp"
#include "bench/verdict.hpp"

namespace dmaload::bench {

namespace {

std::string latencies(const Report& report, const ReportPart& part)
{
    std::string text;
    for (const Group& group : part.groups) {
        const Table table = latency_table(group, report.deadline);
        if (table.rows.size() < 2)
            continue;
        text += fmt::format("{}: latency\n{}", group.title(), render_columns(table.rows, table.left));
        const std::string note = latency_note(group);
        text += note.empty() ? "\n" : fmt::format("  {}\n\n", note);
    }
    return text;
}

std::string comparison(const Report& report)
{
    std::string text;
    for (const Section& section : comparison_sections(report)) {
        text += section.title + "\n";
        for (const Block& block : section.blocks) {
            if (const auto* const words = std::get_if<Words>(&block))
                text += words->text + "\n";
            else if (const auto* const table = std::get_if<Table>(&block))
                text += render_columns(table->rows, table->left);
        }
        text += "\n";
    }
    return text;
}

}  // namespace

std::string render_text(const Report& report, bool with_verdict)
{
    std::string text = report.compares() ? comparison(report) : "";
    for (const ReportPart& part : report.parts) {
        if (report.compares())
            text += fmt::format("==== {} ====\n\n", part.name);
        text += render_table(part.groups, part.result);
        if (const std::string bands = latencies(report, part); !bands.empty())
            text += "\n" + bands;
        if (const auto limited = disk_limited_cells(part.groups); limited.size() > 1)
            text += fmt::format("\n{}\n{}", disk_limited_caption(), render_columns(limited, 1));
        if (const auto kills = kill_cells(part.result); !kills.empty())
            text += fmt::format("\nLoads that were killed\n{}", render_columns(kills, 3));
        if (const auto published = published_cells(part.groups); published.size() > 1)
            text += fmt::format("\n{}\n{}", published_caption(), render_columns(published, 2));
        if (with_verdict)
            text += "\n" + verdict(part.groups);
        if (report.compares())
            text += "\n";
    }
    return text;
}

}  // namespace dmaload::bench
