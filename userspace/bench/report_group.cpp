// SPDX-License-Identifier: Apache-2.0
#include "bench/report_group.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/latency.hpp"
#include "bench/outliers.hpp"
#include "bench/report_charts.hpp"
#include "bench/stage_text.hpp"
#include "bench/table.hpp"
#include "bench/units.hpp"
#include "bench/verdict.hpp"

namespace dmaload::bench {

namespace {

Table outlier_table(const Group& group)
{
    Table table{.caption = {},
                .rows = {{"method", "what can be seen", "round", "time", "of the median"}},
                .left = 2,
                .folded = true};
    for (const Outlier& outlier : find_outliers(group))
        table.rows.push_back(
            {outlier.row, outlier.reason, fmt::format("{}", outlier.round), format_time(outlier.total),
             outlier.typical > 0 ? fmt::format("{:.2f} times", outlier.total / outlier.typical) : "-"});
    table.caption = fmt::format("Outliers: {}", table.rows.size() - 1);
    return table;
}

}  // namespace

Table latency_table(const Group& group, std::optional<std::chrono::nanoseconds> deadline)
{
    Table table{.caption = "Latency", .rows = {{"method", "loads", "min", "p50", "p95", "max"}}};
    if (deadline)
        table.rows.front().push_back(fmt::format("within {}", format_time(*deadline)));
    for (const Row& row : group.rows) {
        const auto band = band_of(row);
        // Who names a deadline wants an answer for every way.
        if (!band && !deadline)
            continue;
        std::vector<std::string> cells = {row.name(), fmt::format("{}", loads_of(row))};
        for (const double Band::* const time : {&Band::min, &Band::p50, &Band::p95, &Band::max})
            cells.push_back(band ? format_time((*band).*time) : "-");
        if (deadline)
            cells.push_back(describe_meets(row, *deadline));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

std::string latency_note(const Group& group)
{
    const auto without =
        std::ranges::count_if(group.rows, [](const Row& row) { return !band_of(row).has_value(); });
    if (without == 0 || without == std::ssize(group.rows))
        return {};
    return fmt::format("{} of {} rows have fewer than {} loads, which say nothing about the slowest one.",
                       without, group.rows.size(), kEnoughForBand);
}

Section group_section(const Report& report, const Group& group, bool folded)
{
    Section section{.title = group.title(), .level = 3, .folded = folded, .blocks = {}};
    auto& blocks = section.blocks;
    if (const std::string limit = limit_text(group); !limit.empty())
        blocks.emplace_back(Words{limit});
    add(blocks, time_chart(group, report.deadline));
    add(blocks, Table{.caption = {}, .rows = group_cells(group), .left = 3});
    if (auto said = sentences(group); !said.empty())
        blocks.emplace_back(Bullets{std::move(said), "In words"});
    if (auto notes = group_notes(group); !notes.empty())
        blocks.emplace_back(Bullets{std::move(notes)});
    add(blocks, stage_chart(group));
    add(blocks, Table{.caption = "alloc-read step by step", .rows = stage_cells(group), .left = 2});
    add(blocks, phase_chart(group));
    add(blocks, cost_chart(group));
    add(blocks, latency_chart(group, report.deadline));
    add(blocks, latency_table(group, report.deadline));
    if (const std::string note = latency_note(group); !note.empty())
        blocks.emplace_back(Words{note});
    add(blocks, outlier_table(group));
    return section;
}

}  // namespace dmaload::bench
