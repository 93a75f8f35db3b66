// SPDX-License-Identifier: Apache-2.0
#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "bench/phase_text.hpp"
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

std::vector<std::string> cells(const Row& row, const Group& group)
{
    if (row.total.count == 0)
        return {"", row.method, row.mode, "-", "-", "-", "-", "-", "-", "-", "-", "0"};
    std::string speedup = "-";
    if (row.is_normal)
        speedup = "1";
    else if (row.speedup.count > 0)
        speedup =
            fmt::format("{:.2f}x [{:.2f}, {:.2f}]", row.speedup.median, row.speedup.low, row.speedup.high);
    std::string limit = "-";
    if (group.limit && *group.limit > 0)
        limit = fmt::format("{:.3f}", row.total.median / *group.limit);
    return {row.tied_fastest ? "*" : "",
            row.method,
            row.mode,
            format_time(row.total.median),
            fmt::format("{} .. {}", format_time(row.total.low), format_time(row.total.high)),
            speedup,
            limit,
            cpu_text(row),
            row.page_cache == 0 ? "0" : format_size(row.page_cache),
            row.extra_memory ? bytes_or_none(*row.extra_memory) : "-",
            row.path + (row.fell_back() ? " (!)" : ""),
            fmt::format("{}", row.total.count)};
}

/// One line where no row has enough samples, a line a row where some have.
std::string too_few(const Group& group)
{
    std::string text;
    const auto few = [](const Row& row) { return row.total.count > 0 && !row.enough(); };
    if (std::all_of(group.rows.begin(), group.rows.end(), few))
        return fmt::format("  note: fewer than {} samples of each; the intervals mean little.\n",
                           kEnoughSamples);
    for (const Row& row : group.rows) {
        if (few(row))
            text += fmt::format("  note: {}: only {} samples, {} are wanted; its interval means little.\n",
                                row.name(), row.total.count, kEnoughSamples);
    }
    return text;
}

std::string warnings(const Group& group)
{
    std::string text;
    std::vector<Row> rows = group.rows;
    rows.insert(rows.end(), group.stages.begin(), group.stages.end());
    for (const Row& row : rows) {
        if (row.fell_back())
            text += fmt::format(
                "  warning: {} was asked to read directly, and {} of {} samples went through the page "
                "cache.\n",
                row.name(), row.buffered, row.total.count);
        if (row.not_cold > 0)
            text += fmt::format("  warning: {}: {} samples were not cold and are left out.\n", row.name(),
                                row.not_cold);
        if (row.wrong > 0)
            text += fmt::format("  ERROR: {}: {} samples had content that is not the file's.\n", row.name(),
                                row.wrong);
        if (row.failed > 0)
            text += fmt::format("  ERROR: {}: {} loads failed; the result file says why.\n", row.name(),
                                row.failed);
    }
    return text + too_few(group);
}

std::string unavailable(const json& result)
{
    std::string text;
    std::set<std::string> said;
    for (const json& entry : result.value("unavailable", json::array())) {
        const std::string line = fmt::format("  {} {}: {}\n", entry.value("method", ""),
                                             entry.value("mode", ""), entry.value("reason", ""));
        if (said.insert(line).second)
            text += line;
    }
    return text.empty() ? text : "Not measured:\n" + text;
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

std::string render_group(const Group& group)
{
    std::string text = group.title() + "\n";
    if (group.limit) {
        text += fmt::format("  limit: {} ({})", format_time(*group.limit), group.limit_by);
        if (group.reader && *group.reader != *group.limit)
            text += fmt::format("; the best io_uring reader takes {} ({} in flight)",
                                format_time(*group.reader), group.reader_setting);
        text += "\n";
    } else if (group.reader)
        text += fmt::format(
            "  for comparison: io_uring into plain memory takes {} ({} in flight); no dma-buf comes "
            "of it\n",
            format_time(*group.reader), group.reader_setting);
    std::vector<std::vector<std::string>> rows = {{"", "method", "mode", "median", "95 % interval",
                                                   "speed / normal", "time / limit", "CPU time", "page cache",
                                                   "extra mem", "path", "samples"}};
    for (const Row& row : group.rows)
        rows.push_back(cells(row, group));
    return text + render_columns(rows, 3) + render_phases(group) + render_stages(group) + warnings(group);
}

std::string render_table(std::span<const Group> groups, const json& result)
{
    std::string text;
    for (const Group& group : groups)
        text += render_group(group) + "\n";
    text +=
        "* the fastest, and what ties with it (the 95 % intervals of the medians overlap).  speed / normal: how many\n"
        "times as fast as mmap-read buffered, within rounds, with its 95 % interval.  time / limit: median / limit.\n"
        "CPU time: of the whole machine.  page cache: what of the file is cached after the load.  extra mem: largest\n"
        "drop of available memory beyond what a plain allocation of that size takes.  path: how it was really read.\n";
    return text + unavailable(result);
}

}  // namespace dmaload::bench
