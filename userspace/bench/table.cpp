// SPDX-License-Identifier: Apache-2.0
#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "bench/disk_model.hpp"
#include "bench/outliers.hpp"
#include "bench/phase_text.hpp"
#include "bench/references.hpp"
#include "bench/stage_text.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

std::string bytes_or_none(std::uint64_t bytes)
{
    // Less than this is noise of the kernel's per-CPU counters.
    constexpr std::uint64_t kNoise = std::uint64_t{1} << 20;
    return bytes == 0 ? "0" : bytes < kNoise ? "< 1 MB" : format_size(bytes);
}

std::string cpu_text(const Row& row)
{
    if (row.cpu.median < row.cpu_resolution)
        return fmt::format("< {}", format_time(row.cpu_resolution));
    return format_time(row.cpu.median);
}

/// "spinner_lost_share" as people read it: "spinner lost".
std::string extra_name(std::string_view field)
{
    for (const std::string_view unit : {"_share", "_ns", "_bytes"}) {
        if (field.ends_with(unit))
            field.remove_suffix(unit.size());
    }
    std::string name(field);
    std::ranges::replace(name, '_', ' ');
    return name;
}

std::string extra_text(const std::string& name, double value)
{
    if (name.ends_with("_share"))
        return fmt::format("{:.1f} %", 100 * value);
    if (name.ends_with("_ns"))
        return format_time(value);
    if (name.ends_with("_bytes") && value >= 0)
        return format_size(static_cast<std::uint64_t>(value));
    return fmt::format("{:.4g}", value);
}

std::set<std::string> extras_of(const Group& group)
{
    std::set<std::string> names;
    for (const Row& row : group.rows) {
        for (const auto& [name, value] : row.extras)
            names.insert(name);
    }
    return names;
}

std::string limit_share(double total, const Group& group)
{
    return group.limit && *group.limit > 0 ? fmt::format("{:.3f}", total / *group.limit) : "-";
}

std::vector<std::string> cells(const Row& row, const Group& group, const std::set<std::string>& extras)
{
    if (row.total.count == 0) {
        std::vector<std::string> none = {row.rank(), row.method, row.mode};
        none.resize(11 + extras.size(), "-");
        none.emplace_back("0");
        return none;
    }
    std::string speedup = "-";
    if (row.is_normal)
        speedup = "1";
    else if (row.speedup.count > 0)
        speedup =
            fmt::format("{:.2f}x [{:.2f}, {:.2f}]", row.speedup.median, row.speedup.low, row.speedup.high);
    std::vector<std::string> texts = {
        row.rank(),
        row.method,
        row.mode,
        format_time(row.total.median),
        fmt::format("{} .. {}", format_time(row.total.low), format_time(row.total.high)),
        speedup,
        limit_share(row.total.median, group),
        cpu_text(row),
        row.page_cache == 0 ? "0" : format_size(row.page_cache),
        row.extra_memory ? bytes_or_none(*row.extra_memory) : "-",
        row.path + (row.fell_back() ? " (!)" : "")};
    for (const std::string& name : extras) {
        const auto found = row.extras.find(name);
        texts.push_back(found == row.extras.end() ? "-" : extra_text(name, found->second));
    }
    texts.push_back(fmt::format("{}", row.total.count));
    return texts;
}

/// A row for what makes no dma-buf and is no way to choose: no rank, and one run.
std::vector<std::string> cells(const Reference& reference, const Group& group, std::size_t extras)
{
    std::vector<std::string> texts = {"-",
                                      reference.method,
                                      reference.mode,
                                      format_time(reference.total),
                                      "-",
                                      "-",
                                      limit_share(reference.total, group),
                                      reference.cpu > 0 ? format_time(reference.cpu) : "-",
                                      "-",
                                      "-",
                                      "no dma-buf"};
    texts.resize(texts.size() + extras, "-");
    texts.emplace_back("best run");
    return texts;
}

/// One sentence where no row has enough samples, one a row where some have.
void note_few_samples(const Group& group, std::vector<std::string>& notes)
{
    const auto few = [](const Row& row) { return row.total.count > 0 && !row.enough(); };
    if (std::ranges::all_of(group.rows, few)) {
        notes.push_back(
            fmt::format("note: fewer than {} samples of each; the intervals mean little.", kEnoughSamples));
        return;
    }
    for (const Row& row : group.rows) {
        if (few(row))
            notes.push_back(
                fmt::format("note: {}: only {} samples, {} are wanted; its interval means little.",
                            row.name(), row.total.count, kEnoughSamples));
    }
}

/// Samples that stand apart, and the reasons that can be seen: a line a row,
/// of a few rows.
std::string render_outliers(const Group& group)
{
    constexpr std::size_t kRows = 5;
    std::map<std::string, std::vector<std::string>> by_row;
    for (const Outlier& outlier : find_outliers(group)) {
        if (!outlier.not_cold)
            by_row[outlier.row].push_back(describe(outlier));
    }
    std::string text;
    std::size_t rows = 0;
    for (const auto& [row, outliers] : by_row) {
        if (++rows > kRows)
            break;
        text += fmt::format("  outliers of {}: {}", row, outliers.front());
        text += outliers.size() > 1 ? fmt::format("; and {} more\n", outliers.size() - 1) : "\n";
    }
    if (by_row.size() > kRows)
        text += fmt::format("  outliers of {} more methods are in the report as Markdown or HTML\n",
                            by_row.size() - kRows);
    return text;
}

}  // namespace

std::string render_columns(const std::vector<std::vector<std::string>>& rows, std::size_t left)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += i == 0 ? "" : "  ";
            line += i < left ? fmt::format("{:<{}}", row[i], widths[i])
                             : fmt::format("{:>{}}", row[i], widths[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::vector<std::vector<std::string>> group_cells(const Group& group)
{
    std::vector<std::string> head = {"rank",          "method",         "mode",         "median",
                                     "95 % interval", "speed / normal", "time / limit", "CPU time",
                                     "page cache",    "extra mem",      "path"};
    const std::set<std::string> extras = extras_of(group);
    for (const std::string& name : extras)
        head.push_back(extra_name(name));
    head.emplace_back("samples");
    std::vector<std::vector<std::string>> rows = {std::move(head)};
    const std::vector<Reference> references = references_of(group);
    auto reference = references.begin();
    for (const Row& row : group.rows) {
        for (; reference != references.end() && comes_before(*reference, row); ++reference)
            rows.push_back(cells(*reference, group, extras.size()));
        rows.push_back(cells(row, group, extras));
    }
    for (; reference != references.end(); ++reference)
        rows.push_back(cells(*reference, group, extras.size()));
    return rows;
}

namespace {

/// "35.2 ms (4 MB x 8 in flight, CPU time 11 ms)"
std::string reader_text(const Group& group, double reader)
{
    return fmt::format("{} ({} in flight{})", format_time(reader), group.reader_setting,
                       group.reader_cpu > 0 ? ", CPU time " + format_time(group.reader_cpu) : "");
}

std::string disk_text(const Group& group)
{
    if (group.limit) {
        std::string text = fmt::format("limit: {} ({})", format_time(*group.limit), group.limit_by);
        if (group.reader && *group.reader != *group.limit)
            text += fmt::format("; the best io_uring reader takes {}", reader_text(group, *group.reader));
        return text;
    }
    if (group.reader)
        return fmt::format("for comparison: io_uring into plain memory takes {}; no dma-buf comes of it",
                           reader_text(group, *group.reader));
    return {};
}

}  // namespace

std::string limit_text(const Group& group)
{
    std::string text = disk_text(group);
    for (const auto& [job, total] : group.fio)
        text += fmt::format("{}fio {} takes {}", text.empty() ? "" : "; ", job, format_time(total));
    return text;
}

std::vector<std::string> group_notes(const Group& group)
{
    std::vector<std::string> notes;
    for (const Row& row : group.rows) {
        if (row.predicted)
            notes.push_back(
                fmt::format("{}: the model of overlapped loading predicts {}; the traced call took {}.",
                            row.name(), format_time(*row.predicted), format_time(row.traced)));
        if (!row.settings.empty())
            notes.push_back(fmt::format("{}: {}.", row.name(), row.settings));
    }
    std::vector<Row> rows = group.rows;
    rows.insert(rows.end(), group.stages.begin(), group.stages.end());
    for (const Row& row : rows) {
        if (row.fell_back())
            notes.push_back(fmt::format(
                "warning: {} was asked to read directly, and {} of {} samples went through the page cache.",
                row.name(), row.buffered, row.total.count));
        if (row.not_cold > 0)
            notes.push_back(fmt::format("warning: {}: {} samples were not cold and are left out.", row.name(),
                                        row.not_cold));
        if (row.wrong > 0)
            notes.push_back(fmt::format("ERROR: {}: {} samples had content that is not the file's.",
                                        row.name(), row.wrong));
        if (row.failed > 0)
            notes.push_back(
                fmt::format("ERROR: {}: {} loads failed: {}", row.name(), row.failed, row.failure));
    }
    note_few_samples(group, notes);
    return notes;
}

std::vector<std::string> explain_columns()
{
    return {
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): a sentence of two lines
        "rank: one more than there are methods whose whole 95 % interval is faster; tie: the measurements do not "
        "tell them apart.",
        "speed / normal: how many times as fast as mmap-read buffered, within rounds, with its 95 % interval.",
        "time / limit: median / limit.",
        "CPU time: of the whole machine.",
        "page cache: what of the file is cached after the load.",
        "extra mem: largest drop of available memory beyond what a plain allocation of that size takes.",
        "path: how it was really read.",
        "Rows without a rank read into memory that is there already, and no dma-buf comes of it; their time is that of "
        "the best run.",
    };
}

std::vector<std::string> unavailable_methods(const json& result)
{
    std::vector<std::string> lines;
    const json entries = result.value("unavailable", json::array());
    for (const json& entry : entries) {
        std::string line = fmt::format("{} {}: {}", entry.value("method", ""), entry.value("mode", ""),
                                       entry.value("reason", ""));
        if (std::ranges::find(lines, line) == lines.end())
            lines.push_back(std::move(line));
    }
    return lines;
}

std::string render_group(const Group& group)
{
    std::string text = group.title() + "\n";
    if (const std::string limit = limit_text(group); !limit.empty())
        text += fmt::format("  {}\n", limit);
    text += render_columns(group_cells(group), 3) + render_phases(group) + render_stages(group);
    for (const std::string& note : group_notes(group))
        text += fmt::format("  {}\n", note);
    return text + render_outliers(group);
}

std::string render_table(std::span<const Group> groups, const json& result)
{
    std::string text;
    for (const Group& group : groups)
        text += render_group(group) + "\n";
    for (const std::string& sentence : explain_columns())
        text += sentence + "\n";
    for (const std::string& warning : disk_model_warnings(result))
        text += warning + "\n";
    const auto missing = unavailable_methods(result);
    if (!missing.empty())
        text += "Not measured:\n";
    for (const std::string& line : missing)
        text += fmt::format("  {}\n", line);
    return text;
}

}  // namespace dmaload::bench
