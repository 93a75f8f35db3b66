// SPDX-License-Identifier: Apache-2.0
#include "bench/group_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "bench/stages.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

std::optional<std::uint64_t> optional_number(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number())
        return std::nullopt;
    return found->get<std::uint64_t>();
}

/// Those that a trace tells apart.
Phases phases_of(const json& object)
{
    const auto time = [&](const char* key) {
        return std::chrono::nanoseconds(object.value(key, std::int64_t{0}));
    };
    Phases phases;
    phases.alloc = time("alloc_ns");
    phases.submit = time("submit_ns");
    phases.wait = time("wait_ns");
    phases.map = time("map_ns");
    return phases;
}

/// Moves the earlier stages of alloc-read out of the rows: they are not among
/// the ways to choose from. The last stage is a method, and stays.
void set_stages_apart(Group& group)
{
    const std::string_view last = stages().back().name;
    const auto is_earlier = [&](const Row& row) { return row.method != last && stage_place(row.method); };
    std::ranges::copy_if(group.rows, std::back_inserter(group.stages), is_earlier);
    std::erase_if(group.rows, is_earlier);
    std::ranges::sort(group.stages, {}, [](const Row& row) { return stage_place(row.method); });
}

/// The fields of samples that have a place of their own in a row, or are the
/// proof of something that has.
constexpr std::array kFieldsWithAPlace = {
    "size",
    "disk_rate",
    "round",
    "total_ns",
    "cpu_ns",
    "cpu_resolution_ns",

    "page_cache_bytes",
    "extra_memory_bytes",
    "steal_ns",
    "cached_before_bytes",
    "system_cache_growth_bytes",
    "shmem_growth_bytes",
    "device_read_bytes",
};

/// In the order in which a load goes through them.
constexpr std::array kPhaseOrder = {"alloc_ns", "submit_ns", "wait_ns", "zero_ns", "copy_ns", "map_ns"};

/// Medians that are not zero, known phases first.
std::vector<std::pair<std::string, double>> phase_medians(
    const std::map<std::string, std::vector<double>>& phases)
{
    std::vector<std::pair<std::string, double>> medians;
    const auto add = [&](const std::string& name) {
        const auto found = phases.find(name);
        if (found == phases.end())
            return;
        if (const double value = median(found->second); value > 0)
            medians.emplace_back(name, value);
    };
    for (const char* const name : kPhaseOrder)
        add(name);
    for (const auto& [name, values] : phases) {
        if (std::ranges::find(kPhaseOrder, name) == kPhaseOrder.end())
            add(name);
    }
    return medians;
}

/// Places by intervals: cheap enough for any number of rows.
void give_places(std::vector<Row>& rows)
{
    for (Row& row : rows) {
        if (row.enough())
            row.place = 1 + static_cast<std::size_t>(std::ranges::count_if(rows, [&](const Row& other) {
                            return other.enough() && other.total.high < row.total.low;
                        }));
    }
    for (Row& row : rows) {
        row.tied = row.place > 0 && std::ranges::any_of(rows, [&](const Row& other) {
                       return &other != &row && other.place == row.place;
                   });
    }
}

std::vector<double> values(const Rounds& rounds)
{
    std::vector<double> list;
    for (const auto& [round, value] : rounds)
        list.push_back(value);
    return list;
}

/// "its own settings, the best of 7 settings; the worst took 1.31 times as long"
std::string settings_text(const Row& row, const std::vector<double>& tried)
{
    const auto [best, worst] = std::ranges::minmax(tried);
    return fmt::format("{}, the best of {} settings; the worst took {:.2f} times as long",
                       row.setting.empty() ? "its own settings" : row.setting, tried.size(),
                       best > 0 ? worst / best : 0);
}

}  // namespace

void GroupBuilder::add_sample(const json& sample)
{
    Row& row = row_of(sample);
    if (!sample.value("verified", false)) {
        ++row.wrong;
        return;
    }
    row.points.push_back(point_of(sample));
    if (!sample.value("cold", false)) {
        ++row.not_cold;
        return;
    }
    const int round = sample.value("round", 0);
    row.rounds[round] = sample.value("total_ns", 0.0);
    row.cpu_rounds[round] = sample.value("cpu_ns", 0.0);
    row.cpu_resolution = std::max(row.cpu_resolution, sample.value("cpu_resolution_ns", 0.0));
    const std::string path = sample.value("path_taken", "unknown");
    if (path == "buffered")
        ++row.buffered;
    row.makes_dmabuf = sample.value("makes_dmabuf", true);
    row.setting = sample.value("setting", "");
    if (sample.value("phases_from", "") == "trace")
        row.phases = phases_of(sample.at("phases"));
    Gathered& gathered = gathered_[&row];
    ++gathered.paths[path];
    gathered.page_cache.push_back(sample.value("page_cache_bytes", 0.0));
    if (const auto extra = optional_number(sample, "extra_memory_bytes"))
        gathered.extra_memory.push_back(static_cast<double>(*extra));
    const json phases = sample.value("phases", json::object());
    for (const auto& [name, time] : phases.items())
        gathered.phases[name].push_back(time.get<double>());
    for (const auto& [name, value] : sample.items()) {
        if (value.is_number() && std::ranges::find(kFieldsWithAPlace, name) == kFieldsWithAPlace.end())
            gathered.extras[name].push_back(value.get<double>());
    }
}

void GroupBuilder::add_failure(const json& failure)
{
    Row& row = row_of(failure);
    if (row.failed++ == 0)
        row.failure = failure.value("error", "");
}

void GroupBuilder::add_limit(const json& limit)
{
    Group& group = group_of(limit);
    group.limit = limit.value("total_ns", 0.0);
    group.limit_by = limit.value("by", "");
}

void GroupBuilder::add_reader(const json& run)
{
    Group& group = group_of(run);
    const double total = run.value("total_ns", 0.0);
    if (!run.value("cold", false) || (group.reader && *group.reader <= total))
        return;
    group.reader = total;
    group.reader_cpu = run.value("cpu_ns", 0.0);
    group.reader_setting = fmt::format("{} x {}", format_size(run.value("block", std::uint64_t{0})),
                                       run.value("depth", std::uint64_t{0}));
}

void GroupBuilder::add_fio(const json& run)
{
    const double total = run.value("total_ns", 0.0);
    const auto [job, added] = group_of(run).fio.emplace(run.value("job", ""), total);
    if (!added)
        job->second = std::min(job->second, total);
}

void GroupBuilder::add_setting(const json& setting)
{
    const auto loads = setting.value("loads_ns", std::vector<double>{});
    if (!loads.empty())
        gathered_[&row_of(setting)].tried.push_back(std::ranges::min(loads));
}

void GroupBuilder::add_trace(const json& trace)
{
    const auto prediction = trace.find("prediction");
    if (prediction == trace.end())
        return;
    Gathered& gathered = gathered_[&row_of(trace)];
    gathered.predicted.push_back(prediction->value("total_ns", 0.0));
    gathered.traced.push_back(trace.value("total_ns", 0.0));
}

GroupBuilder::GroupInMaking& GroupBuilder::making_of(const json& object)
{
    const std::string scenario = object.value("scenario", "");
    const auto rate = optional_number(object, "disk_rate");
    const std::uint64_t size = object.value("size", std::uint64_t{0});
    for (const auto& making : groups_) {
        const Group& group = making->group;
        if (group.scenario == scenario && group.disk_rate == rate && group.size == size)
            return *making;
    }
    groups_.push_back(std::make_unique<GroupInMaking>());
    Group& group = groups_.back()->group;
    group.scenario = scenario;
    group.disk_rate = rate;
    group.size = size;
    return *groups_.back();
}

Group& GroupBuilder::group_of(const json& object)
{
    return making_of(object).group;
}

Point GroupBuilder::point_of(const json& sample)
{
    const auto optional_double = [&](const char* key) {
        const auto number = optional_number(sample, key);
        return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
    };
    Point point{.round = sample.value("round", 0),
                .total = sample.value("total_ns", 0.0),
                .cpu = sample.value("cpu_ns", 0.0),
                .device_read = optional_double("device_read_bytes"),
                .steal = optional_double("steal_ns"),
                .not_cold = {}};
    if (!sample.value("cold", false))
        point.not_cold = sample.value("not_cold", "not proved to be cold");
    return point;
}

Row& GroupBuilder::row_of(const json& object)
{
    GroupInMaking& making = making_of(object);
    const std::string method = object.value("method", "");
    const std::string mode = object.value("mode", "");
    for (const auto& row : making.rows) {
        if (row->method == method && row->mode == mode)
            return *row;
    }
    making.rows.push_back(std::make_unique<Row>());
    Row& row = *making.rows.back();
    row.method = method;
    row.mode = mode;
    row.is_normal = method == "mmap-read" && mode == "buffered";
    return row;
}

void GroupBuilder::sum_up(Row& row)
{
    const Gathered& gathered = gathered_[&row];
    row.total = estimate(values(row.rounds));
    row.cpu = estimate(values(row.cpu_rounds));
    row.page_cache = static_cast<std::uint64_t>(std::llround(median(gathered.page_cache)));
    if (!gathered.extra_memory.empty())
        row.extra_memory = static_cast<std::uint64_t>(std::llround(median(gathered.extra_memory)));
    if (!gathered.predicted.empty()) {
        row.predicted = median(gathered.predicted);
        row.traced = median(gathered.traced);
    }
    row.phase_times = phase_medians(gathered.phases);
    for (const auto& [name, numbers] : gathered.extras)
        row.extras[name] = median(numbers);
    for (const auto& [path, count] : gathered.paths) {
        if (gathered.paths.size() == 1)
            row.path = path;
        else
            row.path += fmt::format("{}{} {}", row.path.empty() ? "" : ", ", count, path);
    }
    if (!gathered.tried.empty())
        row.settings = settings_text(row, gathered.tried);
    if (!row.makes_dmabuf)
        row.path += ", no dma-buf";
}

std::vector<Group> GroupBuilder::finish()
{
    std::vector<Group> groups;
    for (const auto& making : groups_) {
        for (const auto& row : making->rows) {
            if (row->points.empty() && row->wrong == 0 && row->failed == 0)
                continue;  // settings were tried or loads traced, and then the run was interrupted
            sum_up(*row);
            making->group.rows.push_back(*row);
        }
        Group& group = making->group;
        set_stages_apart(group);
        // Rows that have no sample left stand last.
        std::sort(group.rows.begin(), group.rows.end(), [](const Row& a, const Row& b) {
            if ((a.total.count == 0) != (b.total.count == 0))
                return b.total.count == 0;
            if (a.total.median != b.total.median)
                return a.total.median < b.total.median;
            return a.name() < b.name();
        });
        give_places(group.rows);
        const Row* const normal = group.normal();
        for (Row& row : group.rows) {
            if (normal != nullptr)
                row.speedup = paired_ratio(normal->rounds, row.rounds);
            const Row& fastest = group.rows.front();
            row.tied_fastest = row.total.count > 0 && (&row == &fastest || overlap(row.total, fastest.total));
        }
        if (!group.rows.empty() || !group.stages.empty())
            groups.push_back(std::move(group));
    }
    // Scenarios in the order in which they were measured, small files first.
    std::vector<std::string> order;
    for (const Group& group : groups) {
        if (std::find(order.begin(), order.end(), group.scenario) == order.end())
            order.push_back(group.scenario);
    }
    std::sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
        const auto place_a = std::find(order.begin(), order.end(), a.scenario);
        const auto place_b = std::find(order.begin(), order.end(), b.scenario);
        if (place_a != place_b)
            return place_a < place_b;
        if (a.disk_rate != b.disk_rate)
            return a.disk_rate < b.disk_rate;
        return a.size < b.size;
    });
    return groups;
}

}  // namespace dmaload::bench
