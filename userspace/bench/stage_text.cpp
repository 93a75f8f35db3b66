// SPDX-License-Identifier: Apache-2.0
#include "bench/stage_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "bench/phase_text.hpp"
#include "bench/stages.hpp"
#include "bench/table.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

/// The earlier forms, and alloc-read as it is, which is one of the methods.
std::vector<const Row*> all_stages(const Group& group)
{
    std::vector<const Row*> rows;
    rows.reserve(group.stages.size() + 1);
    for (const Row& row : group.stages)
        rows.push_back(&row);
    if (rows.empty())
        return rows;
    if (const Row* const last = group.find(stages().back().name, rows.front()->mode))
        rows.push_back(last);
    return rows;
}

std::string_view what_it_adds(const Row& row)
{
    const auto place = stage_place(row.method);
    return place ? stages()[*place].adds : std::string_view();
}

/// How many times as fast as the stage before, where that can be said.
std::string step(const Row* before, const Row& row)
{
    if (before == nullptr)
        return "-";
    switch (compare(row, *before)) {
    case Verdict::unknown:
        return "?";
    case Verdict::tie:
        return "tie";
    case Verdict::faster:
    case Verdict::slower:
        break;
    }
    const Estimate ratio = paired_ratio(before->rounds, row.rounds);
    return fmt::format("{:.2f}x [{:.2f}, {:.2f}]", ratio.median, ratio.low, ratio.high);
}

}  // namespace

std::vector<std::vector<std::string>> stage_cells(const Group& group)
{
    if (group.stages.empty())
        return {};
    std::vector<std::vector<std::string>> rows = {{"stage", "what it adds", "median", "95 % interval",
                                                   "speed / stage before", "CPU time", "alloc", "submit",
                                                   "wait", "map", "samples"}};
    const Row* before = nullptr;
    for (const Row* const stage : all_stages(group)) {
        const Row& row = *stage;
        std::vector<std::string> cells = {row.method, std::string(what_it_adds(row))};
        if (row.total.count == 0) {
            cells.insert(cells.end(), {"-", "-", "-", "-", "-", "-", "-", "-", "0"});
        } else {
            cells.insert(cells.end(),
                         {format_time(row.total.median),
                          fmt::format("{} .. {}", format_time(row.total.low), format_time(row.total.high)),
                          step(before, row), format_time(row.cpu.median)});
            const auto phases = phase_cells(row);
            cells.insert(cells.end(), phases.begin(), phases.end());
            cells.push_back(fmt::format("{}", row.total.count));
            before = stage;
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::string render_stages(const Group& group)
{
    auto rows = stage_cells(group);
    if (rows.empty())
        return {};
    for (auto& row : rows)
        row.insert(row.begin(), "");
    return fmt::format(
        "  alloc-read {} step by step; alloc to map: the phases of a traced load, not timed\n{}",
        group.stages.front().mode, render_columns(rows, 3));
}

std::string describe_stages(const Group& group)
{
    std::string text;
    const Row* before = nullptr;
    std::size_t said = 0;
    for (const Row* const row : all_stages(group)) {
        if (!row->enough())
            continue;
        text += fmt::format("{}{}: {}", said == 0 ? "" : "; ", what_it_adds(*row),
                            format_time(row->total.median));
        if (before != nullptr) {
            const std::string gain = step(before, *row);
            text += gain == "tie" ? ", the same speed" : fmt::format(", speed {}", gain);
        }
        text += fmt::format(", CPU time {}", format_time(row->cpu.median));
        before = row;
        ++said;
    }
    if (said < 2)
        return {};
    return fmt::format("Step by step (alloc-read {}; speed is against the step before): {}.",
                       group.stages.front().mode, text);
}

}  // namespace dmaload::bench
