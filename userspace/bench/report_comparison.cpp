// SPDX-License-Identifier: Apache-2.0
#include "bench/report_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bench/report_charts.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

Table comparison_table(const Report& report, const std::vector<const Group*>& groups)
{
    Table table{.caption = {}, .rows = {{"method"}}};
    for (std::size_t i = 0; i < report.parts.size(); ++i) {
        table.rows.front().push_back(report.parts[i].name);
        if (i > 0)
            table.rows.front().push_back("against " + report.parts.front().name);
    }
    std::vector<std::pair<std::string, std::string>> methods;
    for (const Group* const group : groups) {
        if (group == nullptr)
            continue;
        for (const Row& row : group->rows) {
            const std::pair method(row.method, row.mode);
            if (std::ranges::find(methods, method) == methods.end())
                methods.push_back(method);
        }
    }
    for (const auto& [method, mode] : methods) {
        std::vector<std::string> cells = {fmt::format("{} {}", method, mode)};
        const Row* const base = groups.front() == nullptr ? nullptr : groups.front()->find(method, mode);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const Row* const row = groups[i] == nullptr ? nullptr : groups[i]->find(method, mode);
            cells.push_back(row == nullptr
                                ? "-"
                                : fmt::format("{} [{} .. {}]", format_time(row->total.median),
                                              format_time(row->total.low), format_time(row->total.high)));
            if (i > 0)
                cells.push_back(row == nullptr || base == nullptr ? "-" : across(*row, *base));
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

}  // namespace

std::vector<Section> comparison_sections(const Report& report)
{
    std::vector<Section> sections;
    sections.push_back(
        {.title = "Side by side",
         .level = 2,
         .folded = false,
         .blocks = {
             Words{"Intervals that overlap are a tie. Machines have no rounds in common, so the intervals of "
                   "the medians alone decide; where the rates of the disks differ, times do as well."}}});
    std::vector<const Group*> done;
    for (const ReportPart& from : report.parts) {
        for (const Group& group : from.groups) {
            if (std::ranges::find(done, &group) != done.end())
                continue;
            std::vector<const Group*> groups;
            std::string disks;
            for (const ReportPart& part : report.parts) {
                const Group* const same = &part == &from ? &group : counterpart(part, group);
                groups.push_back(same);
                if (same != nullptr) {
                    done.push_back(same);
                    disks += fmt::format("{}{}: {}", disks.empty() ? "" : ", ", part.name, same->disk());
                }
            }
            if (std::ranges::count(groups, nullptr) + 1 >= std::ssize(groups))
                continue;  // one machine alone has its own section
            Section section{.title = fmt::format("{}, {}", group.scenario, format_size(group.size)),
                            .level = 3,
                            .folded = false,
                            .blocks = {Words{disks + "."}}};
            add(section.blocks, comparison_chart(report, groups));
            add(section.blocks, comparison_table(report, groups));
            sections.push_back(std::move(section));
        }
    }
    return sections;
}

}  // namespace dmaload::bench
