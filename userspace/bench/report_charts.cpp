// SPDX-License-Identifier: Apache-2.0
#include "bench/report_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "bench/json_values.hpp"
#include "bench/latency.hpp"
#include "bench/outliers.hpp"
#include "bench/references.hpp"
#include "bench/stages.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// Whom a bar is about: what decides its colour.
const char* role_of(const Row& row)
{
    if (row.is_normal)
        return "normal";
    return row.method.starts_with("alloc-read") ? "ours" : "rival";
}

json in_nanoseconds(std::optional<std::chrono::nanoseconds> time)
{
    return time ? json(time->count()) : json(nullptr);
}

json row_base(const Row& row)
{
    return {{"name", row.name()}, {"role", role_of(row)}};
}

json estimate_of(const Estimate& estimate)
{
    return {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}};
}

json time_row(const Row& row, const std::vector<Outlier>& outliers)
{
    json object = row_base(row);
    object.update(estimate_of(row.total));
    object["rank"] = row.rank();
    object["samples"] = json::array();
    for (const Point& point : row.points) {
        if (!point.not_cold.empty())
            continue;
        json sample = {{"round", point.round}, {"ns", point.total}};
        const auto outlier = std::ranges::find_if(outliers, [&](const Outlier& candidate) {
            return candidate.row == row.name() && candidate.round == point.round &&
                   candidate.total == point.total;
        });
        if (outlier != outliers.end())
            sample["outlier"] = outlier->reason;
        object["samples"].push_back(std::move(sample));
    }
    return object;
}

json time_row(const Reference& reference)
{
    return {{"name", reference.name()},
            {"role", "reference"},
            {"rank", "-"},
            {"median", reference.total},
            {"samples", json::array()}};
}

/// "alloc_ns" → "alloc"
std::string phase_name(std::string name)
{
    if (name.ends_with("_ns"))
        name.resize(name.size() - 3);
    std::ranges::replace(name, '_', ' ');
    return name;
}

std::string place_of(const Group& group, Over over)
{
    switch (over) {
    case Over::size:
        return format_size(group.size);
    case Over::disk_rate:
        return group.disk_rate ? format_rate(*group.disk_rate) : "not throttled";
    case Over::scenario:
        break;
    }
    return group.scenario;
}

double rate_of(std::uint64_t size, double time)
{
    return time > 0 ? static_cast<double>(size) / (time / 1e9) : 0;
}

}  // namespace

std::optional<Chart> time_chart(const Group& group, std::optional<std::chrono::nanoseconds> deadline)
{
    json data = {
        {"limit", or_null(group.limit)}, {"deadline", in_nanoseconds(deadline)}, {"rows", json::array()}};
    const auto outliers = find_outliers(group);
    const std::vector<Reference> references = references_of(group);
    auto reference = references.begin();
    for (const Row& row : group.rows) {
        for (; reference != references.end() && comes_before(*reference, row); ++reference)
            data["rows"].push_back(time_row(*reference));
        if (row.total.count > 0)
            data["rows"].push_back(time_row(row, outliers));
    }
    for (; reference != references.end(); ++reference)
        data["rows"].push_back(time_row(*reference));
    if (data["rows"].empty())
        return std::nullopt;
    return Chart{"times",
                 fmt::format("Time to load {}: medians, their 95 % intervals, and every sample",
                             format_size(group.size)),
                 std::move(data)};
}

std::optional<Chart> stage_chart(const Group& group)
{
    json data = {{"limit", or_null(group.limit)}, {"deadline", nullptr}, {"rows", json::array()}};
    for (const Row& row : group.stages) {
        if (row.total.count > 0)
            data["rows"].push_back(time_row(row, {}));
    }
    if (data["rows"].empty())
        return std::nullopt;
    if (const Row* const last = group.find(stages().back().name, group.stages.front().mode))
        data["rows"].push_back(time_row(*last, {}));
    return Chart{"times", "What each step of alloc-read brings, first to last", std::move(data)};
}

std::optional<Chart> phase_chart(const Group& group)
{
    json data = {{"rows", json::array()}};
    for (const Row& row : group.rows) {
        if (row.total.count == 0 || row.phase_times.empty())
            continue;
        json object = row_base(row);
        object["traced"] = row.phases.has_value();
        object["total"] = row.total.median;
        object["phases"] = json::array();
        for (const auto& [name, time] : row.phase_times)
            object["phases"].push_back({{"name", phase_name(name)}, {"ns", time}});
        data["rows"].push_back(std::move(object));
    }
    if (data["rows"].empty())
        return std::nullopt;
    return Chart{
        "phases",
        "Where the time goes (medians of each phase; alloc-read's are those of a traced load of its own)",
        std::move(data)};
}

std::optional<Chart> cost_chart(const Group& group)
{
    json data = {{"size", group.size}, {"rows", json::array()}};
    for (const Row& row : group.rows) {
        if (row.total.count == 0)
            continue;
        json object = row_base(row);
        object["cpu"] = estimate_of(row.cpu);
        object["cpu_resolution"] = row.cpu_resolution;
        object["page_cache"] = row.page_cache;
        object["extra_memory"] = or_null(row.extra_memory);
        data["rows"].push_back(std::move(object));
    }
    if (data["rows"].empty())
        return std::nullopt;
    return Chart{"cost", "CPU time of the whole machine, and memory beyond the buffer", std::move(data)};
}

std::optional<Chart> latency_chart(const Group& group, std::optional<std::chrono::nanoseconds> deadline)
{
    json data = {{"deadline", in_nanoseconds(deadline)}, {"rows", json::array()}};
    for (const Row& row : group.rows) {
        const auto band = band_of(row);
        if (!band)
            continue;
        json object = row_base(row);
        object.update({{"min", band->min},
                       {"p50", band->p50},
                       {"p95", band->p95},
                       {"max", band->max},
                       {"count", band->count}});
        data["rows"].push_back(std::move(object));
    }
    if (data["rows"].empty())
        return std::nullopt;
    return Chart{"latency", "From the quickest to the slowest load", std::move(data)};
}

std::optional<Chart> scaling_chart(const std::vector<const Group*>& groups, Over over, std::string caption)
{
    json data = {{"places", json::array()}, {"limits", json::array()}, {"series", json::array()}};
    std::vector<std::string> names;
    for (const Group* const group : groups) {
        data["places"].push_back(place_of(*group, over));
        data["limits"].push_back(group->limit ? json(rate_of(group->size, *group->limit)) : json(nullptr));
        for (const Row& row : group->rows) {
            if (row.total.count > 0 && std::ranges::find(names, row.name()) == names.end())
                names.push_back(row.name());
        }
    }
    for (const std::string& name : names) {
        json series = {{"name", name}, {"points", json::array()}};
        for (std::size_t place = 0; place < groups.size(); ++place) {
            const Group& group = *groups[place];
            for (const Row& row : group.rows) {
                if (row.name() != name || row.total.count == 0)
                    continue;
                series["role"] = role_of(row);
                series["points"].push_back({{"place", place},
                                            {"rate", rate_of(group.size, row.total.median)},
                                            {"low", rate_of(group.size, row.total.high)},
                                            {"high", rate_of(group.size, row.total.low)}});
            }
        }
        data["series"].push_back(std::move(series));
    }
    if (groups.size() < 2 || names.empty())
        return std::nullopt;
    return Chart{"scaling", std::move(caption), std::move(data)};
}

std::optional<Chart> comparison_chart(const Report& report, const std::vector<const Group*>& groups)
{
    json data = {{"parts", json::array()}, {"rows", json::array()}};
    for (const ReportPart& part : report.parts)
        data["parts"].push_back(part.name);
    std::set<std::string> said;
    for (const Group* const group : groups) {
        for (const Row& first : group == nullptr ? std::vector<Row>() : group->rows) {
            if (!said.insert(first.name()).second)
                continue;
            json object = row_base(first);
            object["bars"] = json::array();
            for (std::size_t part = 0; part < groups.size(); ++part) {
                const Row* const row =
                    groups[part] == nullptr ? nullptr : groups[part]->find(first.method, first.mode);
                if (row == nullptr)
                    continue;
                json bar = estimate_of(row->total);
                bar["part"] = part;
                object["bars"].push_back(std::move(bar));
            }
            if (!object["bars"].empty())
                data["rows"].push_back(std::move(object));
        }
    }
    if (data["rows"].empty())
        return std::nullopt;
    return Chart{"comparison", "Medians and their 95 % intervals side by side", std::move(data)};
}

}  // namespace dmaload::bench
