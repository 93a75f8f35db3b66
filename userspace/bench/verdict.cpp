// SPDX-License-Identifier: Apache-2.0
#include "bench/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "bench/proc_file.hpp"
#include "bench/stage_text.hpp"
#include "bench/table.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

std::string label(const Row& row)
{
    return row.is_normal ? "normal (mmap-read buffered)" : row.name();
}

std::string interval(const Estimate& ratio)
{
    return fmt::format("{:.2f} times [{:.2f}, {:.2f}]", ratio.median, ratio.low, ratio.high);
}

/// "a, b and c"
std::string enumerate(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

/// "3 % more than the limit"
std::string beyond_limit(double total, double limit)
{
    const double ratio = total / limit;
    if (ratio >= 1.995)
        return fmt::format("{:.1f} times the limit", ratio);
    const double percent = (ratio - 1) * 100;
    if (std::abs(percent) < 0.5)
        return "at the limit";
    return fmt::format("{:.0f} % {} the limit", std::abs(percent), percent > 0 ? "above" : "below");
}

/// Breaks a sentence into lines for a terminal; a quantity stays with its unit.
std::string wrap(std::string_view sentence, std::string_view first_indent, std::string_view indent)
{
    constexpr std::size_t kLineWidth = 110;
    const auto words = split(sentence, " ");
    std::string text;
    std::string line(first_indent);
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string piece(words[i]);
        while (i + 1 < words.size() && std::isdigit(static_cast<unsigned char>(piece.back())) != 0)
            piece += fmt::format(" {}", words[++i]);
        if (line.size() + 1 + piece.size() > kLineWidth) {
            text += line + "\n";
            line = indent;
        }
        line += line.find_first_not_of(' ') == std::string::npos ? piece : " " + piece;
    }
    return text + line;
}

std::string times(const Group& group, const std::vector<const Row*>& rows)
{
    std::vector<std::string> parts;
    for (const Row* row : rows) {
        std::string part = fmt::format("{} {}", label(*row), format_time(row->total.median));
        if (group.limit && *group.limit > 0)
            part += fmt::format(" ({})", beyond_limit(row->total.median, *group.limit));
        parts.push_back(std::move(part));
    }
    return fmt::format("Medians: {}.", enumerate(parts));
}

std::string ranking(const std::vector<const Row*>& rows)
{
    const Row& fastest = *rows.front();
    std::vector<std::string> ties;
    std::vector<std::string> slower;
    for (const Row* row : rows) {
        if (row == &fastest)
            continue;
        if (compare(fastest, *row) == Verdict::faster)
            slower.push_back(fmt::format("{} as fast as {}",
                                         interval(paired_ratio(row->rounds, fastest.rounds)), label(*row)));
        else
            ties.push_back(label(*row));
    }
    std::string text;
    if (!ties.empty())
        text = fmt::format("{} and {} tie: the measurements do not tell them apart.", label(fastest),
                           enumerate(ties));
    if (!slower.empty())
        text += fmt::format("{}{} is {}.", text.empty() ? "" : " ", label(fastest), enumerate(slower));
    return text;
}

std::string cpu_cost(const std::vector<const Row*>& rows)
{
    const Row& cheapest = **std::min_element(
        rows.begin(), rows.end(), [](const Row* a, const Row* b) { return a->cpu.median < b->cpu.median; });
    std::vector<std::string> parts;
    for (const Row* row : rows) {
        if (row->cpu.median < row->cpu_resolution) {
            parts.push_back(fmt::format("{} less than {}", label(*row), format_time(row->cpu_resolution)));
            continue;
        }
        std::string part = fmt::format("{} {}", label(*row), format_time(row->cpu.median));
        const bool comparable = cheapest.cpu.median >= cheapest.cpu_resolution;
        if (row != &cheapest && comparable && !overlap(row->cpu, cheapest.cpu))
            part +=
                fmt::format(" ({:.1f} times {}'s)", row->cpu.median / cheapest.cpu.median, cheapest.name());
        parts.push_back(std::move(part));
    }
    return fmt::format("CPU time of the whole machine: {}.", enumerate(parts));
}

std::string cache_use(const std::vector<const Row*>& rows)
{
    std::vector<std::string> filling;
    std::vector<std::string> sparing;
    for (const Row* row : rows)
        (row->page_cache > 0 ? filling : sparing).push_back(label(*row));
    if (filling.empty())
        return "Nothing is left in the page cache.";
    const std::string text = fmt::format("{} {} the file in the page cache as well", enumerate(filling),
                                         filling.size() == 1 ? "leaves" : "leave");
    return text + (sparing.empty() ? "."
                                   : fmt::format("; {} {} nothing there.", enumerate(sparing),
                                                 sparing.size() == 1 ? "leaves" : "leave"));
}

}  // namespace

const Row* best_rival(const Group& group)
{
    const auto rival = std::find_if(group.rows.begin(), group.rows.end(), [](const Row& row) {
        return row.total.count > 0 && row.method != "alloc-read" && !row.is_normal && row.makes_dmabuf;
    });
    return rival == group.rows.end() ? nullptr : &*rival;
}

std::string against(const Row* row, const Row* other)
{
    if (row == nullptr || other == nullptr)
        return "-";
    switch (compare(*row, *other)) {
    case Verdict::unknown:
        return "too few samples";
    case Verdict::tie:
        return "tie";
    case Verdict::faster:
    case Verdict::slower:
        break;
    }
    const Estimate ratio = paired_ratio(other->rounds, row->rounds);
    return fmt::format("{:.2f}x [{:.2f}, {:.2f}]{}", ratio.median, ratio.low, ratio.high,
                       ratio.median < 1 ? " slower" : "");
}

std::vector<std::vector<std::string>> overview(std::span<const Group> groups)
{
    std::vector<std::vector<std::string>> rows = {{"alloc-read direct", "size", "of the limit's speed",
                                                   "speed against normal", "against the best rival",
                                                   "rival"}};
    for (const Group& group : groups) {
        const Row* const ours = group.find("alloc-read", "direct");
        if (ours == nullptr)
            continue;
        const Row* const rival = best_rival(group);
        rows.push_back({fmt::format("{} ({})", group.scenario,
                                    group.disk_rate ? format_rate(*group.disk_rate) : "not throttled"),
                        format_size(group.size),
                        group.limit ? fmt::format("{:.1f} %", 100 * *group.limit / ours->total.median) : "-",
                        against(ours, group.normal()), against(ours, rival),
                        rival == nullptr ? "-" : rival->name()});
    }
    return rows;
}

std::vector<std::string> sentences(const Group& group)
{
    std::vector<const Row*> rows;
    std::size_t too_few = 0;
    for (const Row& row : group.rows) {
        if (row.enough())
            rows.push_back(&row);
        else
            ++too_few;
    }
    if (rows.empty())
        return {};

    std::vector<std::string> list;
    if (group.limit)
        list.push_back(
            fmt::format("The disk alone needs {} ({}).", format_time(*group.limit), group.limit_by));
    list.push_back(times(group, rows));
    if (rows.size() > 1)
        list.push_back(ranking(rows));
    if (std::string steps = describe_stages(group); !steps.empty())
        list.push_back(std::move(steps));
    list.push_back(cpu_cost(rows));
    list.push_back(cache_use(rows));
    if (too_few > 0)
        list.push_back(fmt::format("Nothing is said about {} with fewer than {} samples.",
                                   too_few == 1 ? "one row" : fmt::format("{} rows", too_few),
                                   kEnoughSamples));
    return list;
}

std::string describe(const Group& group)
{
    const auto list = sentences(group);
    if (list.empty())
        return fmt::format("{}: too few samples to say anything.", group.title());
    std::string text = group.title() + ":";
    for (const std::string& sentence : list)
        text += "\n" + wrap(sentence, "  ", "    ");
    return text;
}

std::string verdict(std::span<const Group> groups)
{
    std::string text;
    for (const Group& group : groups) {
        const bool largest = std::none_of(groups.begin(), groups.end(), [&](const Group& other) {
            return other.scenario == group.scenario && other.disk_rate == group.disk_rate &&
                   other.size > group.size;
        });
        if (largest)
            text += describe(group) + "\n";
    }
    if (const auto table = overview(groups); table.size() > 1)
        text += "\n" + render_columns(table, 1);
    return text;
}

}  // namespace dmaload::bench
