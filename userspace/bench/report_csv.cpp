// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <vector>

#include "bench/latency.hpp"
#include "bench/outliers.hpp"
#include "bench/references.hpp"
#include "bench/report_formats.hpp"
#include "bench/stats.hpp"

namespace dmaload::bench {

namespace {

/// Those that every line has.
constexpr std::array<std::string_view, 31> kColumns = {
    "result",
    "scenario",
    "disk_rate",
    "size",
    "method",
    "mode",
    "setting",
    "path",
    "place",
    "tie",
    "samples",
    "median_ns",
    "low_ns",
    "high_ns",
    "min_ns",
    "p50_ns",
    "p95_ns",
    "max_ns",
    "speedup",
    "speedup_low",
    "speedup_high",
    "limit_ns",
    "cpu_ns",
    "cpu_low_ns",
    "cpu_high_ns",
    "page_cache_bytes",
    "extra_memory_bytes",
    "not_cold",
    "wrong",
    "failed",
    "outliers",
};

std::string field(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string line(const std::vector<std::string>& cells)
{
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i)
        text += (i == 0 ? "" : ",") + field(cells[i]);
    return text + "\r\n";
}

std::string whole(double value)
{
    return fmt::format("{}", std::llround(value));
}

void add(std::vector<std::string>& cells, const Estimate& estimate, bool nanoseconds)
{
    for (const double value : {estimate.median, estimate.low, estimate.high}) {
        if (estimate.count == 0)
            cells.emplace_back();
        else
            cells.push_back(nanoseconds ? whole(value) : fmt::format("{:.6g}", value));
    }
}

std::vector<std::string> cells_of(const Report& report, const ReportPart& part, const Group& group,
                                  const Row& row, std::size_t outliers)
{
    std::vector<std::string> cells = {part.name,
                                      group.scenario,
                                      group.disk_rate ? fmt::format("{}", *group.disk_rate) : "",
                                      fmt::format("{}", group.size),
                                      row.method,
                                      row.mode,
                                      row.setting,
                                      row.path,
                                      fmt::format("{}", row.place),
                                      row.tied ? "tie" : "",
                                      fmt::format("{}", row.total.count)};
    add(cells, row.total, true);
    const auto band = band_of(row);
    for (const double value :
         band ? std::vector{band->min, band->p50, band->p95, band->max} : std::vector<double>())
        cells.push_back(whole(value));
    if (!band)
        cells.resize(cells.size() + 4);
    add(cells, row.speedup, false);
    cells.push_back(group.limit ? whole(*group.limit) : "");
    add(cells, row.cpu, true);
    cells.push_back(fmt::format("{}", row.page_cache));
    cells.push_back(row.extra_memory ? fmt::format("{}", *row.extra_memory) : "");
    cells.push_back(fmt::format("{}", row.not_cold));
    cells.push_back(fmt::format("{}", row.wrong));
    cells.push_back(fmt::format("{}", row.failed));
    cells.push_back(fmt::format("{}", outliers));
    if (report.deadline)
        cells.emplace_back(to_string(meets(row, *report.deadline)));
    return cells;
}

/// As a method's line, with what is known of the best run.
std::vector<std::string> cells_of(const Report& report, const ReportPart& part, const Group& group,
                                  const Reference& reference)
{
    Row row;
    row.method = reference.method;
    row.mode = reference.mode;
    row.setting = reference.setting;
    row.path = "no dma-buf";
    auto cells = cells_of(report, part, group, row, 0);
    const auto set = [&](std::string_view column, const std::string& text) {
        cells[static_cast<std::size_t>(std::ranges::find(kColumns, column) - kColumns.begin())] = text;
    };
    for (const char* const unknown :
         {"samples", "page_cache_bytes", "not_cold", "wrong", "failed", "outliers"})
        set(unknown, "");
    set("place", "-");
    set("median_ns", whole(reference.total));
    set("min_ns", whole(reference.total));
    set("cpu_ns", reference.cpu > 0 ? whole(reference.cpu) : "");
    if (report.deadline)
        cells.back() = "";
    return cells;
}

}  // namespace

std::string render_csv(const Report& report)
{
    std::vector<std::string> head(kColumns.begin(), kColumns.end());
    if (report.deadline)
        head.emplace_back("deadline");
    std::set<std::string> extras;
    for (const ReportPart& part : report.parts) {
        for (const Group& group : part.groups) {
            for (const Row& row : group.rows) {
                for (const auto& [name, value] : row.extras)
                    extras.insert(name);
            }
        }
    }
    head.insert(head.end(), extras.begin(), extras.end());
    std::string text = line(head);
    for (const ReportPart& part : report.parts) {
        for (const Group& group : part.groups) {
            const auto outliers = find_outliers(group);
            for (const auto* const rows : {&group.rows, &group.stages}) {
                for (const Row& row : *rows) {
                    const auto of_row = std::ranges::count(outliers, row.name(), &Outlier::row);
                    auto cells = cells_of(report, part, group, row, static_cast<std::size_t>(of_row));
                    for (const std::string& name : extras) {
                        const auto found = row.extras.find(name);
                        cells.push_back(found == row.extras.end() ? ""
                                                                  : fmt::format("{:.6g}", found->second));
                    }
                    text += line(cells);
                }
            }
            for (const Reference& reference : references_of(group)) {
                auto cells = cells_of(report, part, group, reference);
                cells.resize(cells.size() + extras.size());
                text += line(cells);
            }
        }
    }
    return text;
}

}  // namespace dmaload::bench
