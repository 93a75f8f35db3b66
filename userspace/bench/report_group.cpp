// SPDX-License-Identifier: Apache-2.0
#include "bench/report_group.hpp"

#include <fmt/format.h>

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
    Table table{.caption = fmt::format("Latency: rows with at least {} loads", kEnoughForBand),
                .rows = {{"method", "loads", "min", "p50", "p95", "max"}}};
    if (deadline)
        table.rows.front().push_back(fmt::format("within {}", format_time(*deadline)));
    for (const Row& row : group.rows) {
        const auto band = band_of(row);
        if (!band)
            continue;
        std::vector<std::string> cells = {row.name(),
                                          fmt::format("{}", band->count),
                                          format_time(band->min),
                                          format_time(band->p50),
                                          format_time(band->p95),
                                          format_time(band->max)};
        if (deadline)
            cells.push_back(fmt::format("{} ({} of {})", to_string(meets(row, *deadline)),
                                        loads_within(row, *deadline), band->count + row.failed));
        table.rows.push_back(std::move(cells));
    }
    return table;
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
    add(blocks, outlier_table(group));
    return section;
}

}  // namespace dmaload::bench
