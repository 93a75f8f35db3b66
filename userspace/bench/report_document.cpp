// SPDX-License-Identifier: Apache-2.0
#include "bench/report_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "bench/disk_model.hpp"
#include "bench/disk_rates.hpp"
#include "bench/kills.hpp"
#include "bench/published_table.hpp"
#include "bench/report_charts.hpp"
#include "bench/report_comparison.hpp"
#include "bench/report_environment.hpp"
#include "bench/report_group.hpp"
#include "bench/report_headline.hpp"
#include "bench/reproduce.hpp"
#include "bench/table.hpp"
#include "bench/timeline.hpp"
#include "bench/timeline_svg.hpp"
#include "bench/units.hpp"
#include "bench/verdict.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// "eaten-25" and "eaten-50" are "eaten"; a name without a number at its end is
/// no family.
std::string family_of(const std::string& scenario)
{
    const std::size_t dash = scenario.rfind('-');
    const bool numbered = dash != std::string::npos && dash + 1 < scenario.size() &&
                          scenario.find_first_not_of("0123456789", dash + 1) == std::string::npos;
    return numbered ? scenario.substr(0, dash) : "";
}

/// Whether two groups are points of one line: they differ in what the chart
/// goes over, and in nothing else that counts.
bool alike(const Group& a, const Group& b, Over over)
{
    switch (over) {
    case Over::size:
        return a.scenario == b.scenario && a.disk_rate == b.disk_rate;
    case Over::disk_rate:
        return a.size == b.size;
    case Over::scenario:
        break;
    }
    // Several loads at once are of several files: families may differ in size.
    const std::string family = family_of(a.scenario);
    return a.scenario != b.scenario && a.disk_rate == b.disk_rate &&
           (a.size == b.size || (!family.empty() && family == family_of(b.scenario)));
}

std::string caption_of(const Group& first, Over over)
{
    switch (over) {
    case Over::size:
        return fmt::format("Speed by file size ({})", first.disk());
    case Over::disk_rate:
        return fmt::format("Speed by disk rate ({})", format_size(first.size));
    case Over::scenario:
        break;
    }
    return fmt::format("Speed by scenario ({})", first.disk());
}

void add_scaling(std::vector<Block>& blocks, const std::vector<const Group*>& groups, Over over)
{
    std::vector<std::vector<const Group*>> sets;
    for (const Group* const group : groups) {
        const auto set =
            std::ranges::find_if(sets, [&](const auto& one) { return alike(*one.front(), *group, over); });
        if (set == sets.end())
            sets.push_back({group});
        else
            set->push_back(group);
    }
    for (std::vector<const Group*>& set : sets) {
        // A disk that is not throttled is the fastest one; groups of one rate
        // stay as given, for all of them lie in one array.
        if (over == Over::disk_rate)
            std::ranges::sort(set, {}, [](const Group* group) {
                return std::pair(group->disk_rate.value_or(std::numeric_limits<std::uint64_t>::max()), group);
            });
        add(blocks, scaling_chart(set, over, caption_of(*set.front(), over)));
    }
}

void add_part(Document& document, const Report& report, const ReportPart& part)
{
    const std::string prefix = report.compares() ? part.name + ": " : "";
    Section overall{.title = prefix + "Overview", .level = 2, .folded = false, .blocks = {}};
    add(overall.blocks, Table{.caption = {}, .rows = overview(part.groups), .left = 1});
    add_scaling(overall.blocks, disk_scenarios(part.groups), Over::disk_rate);
    add(overall.blocks,
        Table{.caption = disk_limited_caption(), .rows = disk_limited_cells(part.groups), .left = 1});
    std::vector<const Group*> all;
    for (const Group& group : part.groups)
        all.push_back(&group);
    add_scaling(overall.blocks, all, Over::scenario);
    add(overall.blocks,
        Table{.caption = "Loads that were killed", .rows = kill_cells(part.result), .left = 3});
    if (!overall.blocks.empty())
        document.sections.push_back(std::move(overall));

    std::vector<std::string> scenarios;
    for (const Group& group : part.groups) {
        if (std::ranges::find(scenarios, group.scenario) == scenarios.end())
            scenarios.push_back(group.scenario);
    }
    for (const std::string& scenario : scenarios) {
        std::vector<const Group*> groups;
        std::uint64_t largest = 0;
        for (const Group& group : part.groups) {
            if (group.scenario == scenario) {
                groups.push_back(&group);
                largest = std::max(largest, group.size);
            }
        }
        Section section{.title = prefix + scenario, .level = 2, .folded = false, .blocks = {}};
        add_scaling(section.blocks, groups, Over::size);
        document.sections.push_back(std::move(section));
        for (const Group* const group : groups)
            document.sections.push_back(group_section(report, *group, group->size != largest));
    }
}

void add_published(Document& document, const Report& report)
{
    Section section{.title = "Beside the table of 2024", .level = 2, .folded = false, .blocks = {}};
    for (const ReportPart& part : report.parts) {
        const std::string prefix = report.compares() ? part.name + ": " : "";
        add(section.blocks,
            Table{.caption = prefix + published_caption(), .rows = published_cells(part.groups), .left = 2});
    }
    if (!section.blocks.empty())
        document.sections.push_back(std::move(section));
}

/// The one of several traced loads that took the median time.
std::optional<Timeline> typical_trace(const json& result, const Group& group)
{
    std::vector<Timeline> loads;
    const json traces = result.value("traces", json::array());
    for (const json& trace : traces) {
        const auto rate = trace.find("disk_rate");
        const bool same_rate =
            rate != trace.end() && (group.disk_rate ? *rate == *group.disk_rate : rate->is_null());
        if (!same_rate || trace.value("scenario", "") != group.scenario ||
            trace.value("method", "") != "alloc-read" || trace.value("mode", "") != "direct" ||
            trace.value("size", std::uint64_t{0}) != group.size)
            continue;
        if (auto line = timeline_from_json(trace))
            loads.push_back(std::move(*line));
    }
    if (loads.empty())
        return std::nullopt;
    const auto middle = loads.begin() + static_cast<std::ptrdiff_t>((loads.size() - 1) / 2);
    std::ranges::nth_element(loads, middle, {}, &Timeline::total);
    return std::move(*middle);
}

void add_timelines(Document& document, const Report& report)
{
    Section section{.title = "One load, from begin to end", .level = 2, .folded = false, .blocks = {}};
    for (const ReportPart& part : report.parts) {
        const Group* const group = headline_group(part.groups);
        const auto line = group == nullptr ? std::nullopt : typical_trace(part.result, *group);
        if (!line)
            continue;
        const Caption caption = {
            .title = fmt::format("{}alloc-read direct, {} in {}", report.compares() ? part.name + ": " : "",
                                 format_size(group->size), format_time(line->total)),
            .subtitle =
                fmt::format("{}; {} batches, at most {} in flight", group->title(), line->batches.size(),
                            format_size(static_cast<std::uint64_t>(line->most_in_flight())))};
        section.blocks.emplace_back(Picture{
            .caption =
                fmt::format("{}: a traced load beside the timed ones. Above what the caller did, below the "
                            "reads in flight.",
                            caption.title),
            .svg = render_svg(*line, caption)});
    }
    if (!section.blocks.empty())
        document.sections.push_back(std::move(section));
}

void add_unavailable(Document& document, const Report& report)
{
    Section section{.title = "What was not measured, and why", .level = 2, .folded = false, .blocks = {}};
    for (const ReportPart& part : report.parts) {
        auto lines = unavailable_methods(part.result);
        if (lines.empty())
            continue;
        if (report.compares())
            section.blocks.emplace_back(Words{part.name + ":"});
        section.blocks.emplace_back(Bullets{std::move(lines)});
    }
    if (!section.blocks.empty())
        document.sections.push_back(std::move(section));
}

/// The disk and the host of guests: real machines have no such tables.
void add_guests(std::vector<Block>& blocks, const Report& report)
{
    add(blocks, host_table(report));
    for (const ReportPart& part : report.parts) {
        for (std::string& warning : disk_model_warnings(part.result))
            blocks.emplace_back(Words{std::move(warning)});
        const std::string prefix = report.compares() ? part.name + ": " : "";
        add(blocks, Table{.caption = prefix + "How punctual the disk model was",
                          .rows = disk_model_cells(part.result),
                          .left = 1});
    }
}

std::string machine_line(const ReportPart& part)
{
    const json context = headline_run_first(part).front().value("context", json::object());
    const json kernel = context.value("kernel", json::object());
    const json cpu = context.value("cpu", json::object());
    std::string text = fmt::format("Linux {} {}", kernel.value("release", "?"), kernel.value("machine", ""));
    if (const std::string model = cpu.value("model", ""); !model.empty())
        text += ", " + model;
    if (const std::string host = cpu.value("hypervisor", ""); !host.empty())
        text += host == "TCG" ? ", emulated (TCG): proportions, not milliseconds, carry over to a phone"
                              : ", a guest of " + host;
    if (const std::string time = context.value("time", ""); !time.empty())
        text += "; " + time;
    return text;
}

void add_method(Document& document)
{
    std::vector<std::string> items = {
        "Timed is from the open of the file to a dma-buf that the CPU may read; caches are dropped before, that the "
        "load was cold is proved, and the content is verified in every sample.",
        "Methods take turns in random order within rounds; ratios are taken within a round. Intervals hold the median "
        "with 95 % confidence (bootstrap); where they overlap it is a tie.",
        "Outliers lie more than 1.5 times the distance of the quartiles beyond them and more than 5 % off the median. "
        "They stay in the medians; samples that were not cold do not.",
    };
    for (std::string& column : explain_columns())
        items.push_back(std::move(column));
    document.sections.push_back(
        {.title = "How to read it", .level = 2, .folded = false, .blocks = {Bullets{std::move(items)}}});
}

}  // namespace

void add(std::vector<Block>& blocks, std::optional<Chart> chart)
{
    if (chart)
        blocks.emplace_back(std::move(*chart));
}

void add(std::vector<Block>& blocks, Table table)
{
    if (table.rows.size() > 1)
        blocks.emplace_back(std::move(table));
}

Document make_document(const Report& report)
{
    Document document{
        .title = "Loading files into dma-bufs, measured", .subtitle = {}, .lead = {}, .sections = {}};
    for (const ReportPart& part : report.parts) {
        const std::string prefix = report.compares() ? part.name + ": " : "";
        document.subtitle +=
            fmt::format("{}{}{}", document.subtitle.empty() ? "" : "\n", prefix, machine_line(part));
        const Group* const group = headline_group(part.groups);
        if (group == nullptr)
            continue;
        if (report.compares())
            document.lead.emplace_back(Words{part.name});
        for (Block& block : headline(*group))
            document.lead.push_back(std::move(block));
    }
    if (report.compares())
        document.sections = comparison_sections(report);
    for (const ReportPart& part : report.parts)
        add_part(document, report, part);
    add_published(document, report);
    add_timelines(document, report);
    add_unavailable(document, report);
    add_method(document);

    Section machine{.title = "Environment", .level = 2, .folded = false, .blocks = {}};
    add(machine.blocks, findings_table(report));
    add_guests(machine.blocks, report);
    add(machine.blocks, runs_table(report));
    add(machine.blocks, environment_table(report));
    document.sections.push_back(std::move(machine));

    Section again{.title = "Measure it again", .level = 2, .folded = false, .blocks = {}};
    for (const ReportPart& part : report.parts) {
        if (report.compares())
            again.blocks.emplace_back(Words{part.name + ":"});
        again.blocks.emplace_back(Command{reproduce_command(part.result)});
    }
    document.sections.push_back(std::move(again));
    return document;
}

}  // namespace dmaload::bench
