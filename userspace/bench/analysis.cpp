// SPDX-License-Identifier: Apache-2.0
#include "bench/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>

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

/// What a row gathers before it can be summed up.
struct Gathered {
    std::vector<double> page_cache;
    std::vector<double> extra_memory;
    std::map<std::string, std::size_t> paths;
};

std::vector<double> values(const Rounds& rounds)
{
    std::vector<double> list;
    for (const auto& [round, value] : rounds)
        list.push_back(value);
    return list;
}

class Builder {
public:
    void add_sample(const json& sample)
    {
        Row& row = row_of(sample);
        if (!sample.value("verified", false)) {
            ++row.wrong;
            return;
        }
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
        if (sample.value("phases_from", "") == "trace")
            row.phases = phases_of(sample.at("phases"));
        Gathered& gathered = gathered_[&row];
        ++gathered.paths[path];
        gathered.page_cache.push_back(sample.value("page_cache_bytes", 0.0));
        if (const auto extra = optional_number(sample, "extra_memory_bytes"))
            gathered.extra_memory.push_back(static_cast<double>(*extra));
    }

    void add_failure(const json& failure) { ++row_of(failure).failed; }

    void add_limit(const json& limit)
    {
        Group& group = group_of(limit);
        group.limit = limit.value("total_ns", 0.0);
        group.limit_by = limit.value("by", "");
    }

    void add_reader(const json& run)
    {
        Group& group = group_of(run);
        const double total = run.value("total_ns", 0.0);
        if (!run.value("cold", false) || (group.reader && *group.reader <= total))
            return;
        group.reader = total;
        group.reader_setting = fmt::format("{} x {}", format_size(run.value("block", std::uint64_t{0})),
                                           run.value("depth", std::uint64_t{0}));
    }

    std::vector<Group> finish();

private:
    /// Groups and rows live in lists that do not move, because rows are known
    /// by their address until the end.
    struct GroupInMaking {
        Group group;
        std::vector<std::unique_ptr<Row>> rows;
    };

    GroupInMaking& making_of(const json& object)
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

    Group& group_of(const json& object) { return making_of(object).group; }

    Row& row_of(const json& object)
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

    void sum_up(Row& row)
    {
        const Gathered& gathered = gathered_[&row];
        row.total = estimate(values(row.rounds));
        row.cpu = estimate(values(row.cpu_rounds));
        row.page_cache = static_cast<std::uint64_t>(std::llround(median(gathered.page_cache)));
        if (!gathered.extra_memory.empty())
            row.extra_memory = static_cast<std::uint64_t>(std::llround(median(gathered.extra_memory)));
        for (const auto& [path, count] : gathered.paths) {
            if (gathered.paths.size() == 1)
                row.path = path;
            else
                row.path += fmt::format("{}{} {}", row.path.empty() ? "" : ", ", count, path);
        }
    }

    std::vector<std::unique_ptr<GroupInMaking>> groups_;
    std::map<const Row*, Gathered> gathered_;
};

std::vector<Group> Builder::finish()
{
    std::vector<Group> groups;
    for (const auto& making : groups_) {
        for (const auto& row : making->rows) {
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

}  // namespace

std::string Row::name() const
{
    return method + " " + mode;
}

const Row* Group::normal() const
{
    return find("mmap-read", "buffered");
}

const Row* Group::find(std::string_view method, std::string_view mode) const
{
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& r) { return r.method == method && r.mode == mode; });
    return row == rows.end() || row->total.count == 0 ? nullptr : &*row;
}

std::string Group::title() const
{
    const std::string disk =
        disk_rate ? fmt::format("disk {}", format_rate(*disk_rate)) : "disk not throttled";
    return fmt::format("{} ({}), {}", scenario, disk, format_size(size));
}

Verdict compare(const Row& a, const Row& b)
{
    if (!a.enough() || !b.enough())
        return Verdict::unknown;
    const Estimate ratio = paired_ratio(a.rounds, b.rounds);
    if (ratio.count < kEnoughSamples)
        return Verdict::unknown;
    if (overlap(a.total, b.total) || (ratio.low <= 1 && ratio.high >= 1))
        return Verdict::tie;
    const bool faster = a.total.high < b.total.low;
    // Medians and ratios that point to different sides decide nothing.
    if (faster != (ratio.high < 1))
        return Verdict::tie;
    return faster ? Verdict::faster : Verdict::slower;
}

Result<std::vector<Group>> analyse(const json& result)
{
    // Result files come from outside; the JSON library throws where a field
    // has another type than asked for.
    try {
        Builder builder;
        for (const json& sample : result.at("samples"))
            builder.add_sample(sample);
        for (const json& failure : result.value("failures", json::array()))
            builder.add_failure(failure);
        for (const json& limit : result.at("limits"))
            builder.add_limit(limit);
        for (const json& run : result.value("readers", json::array()))
            builder.add_reader(run);
        return builder.finish();
    } catch (const json::exception& error) {
        return fail("read the result", error.what(), 0, "Its fields are not those of schema 1.");
    }
}

std::uint64_t phone_like_rate(std::uint64_t size, double normal_ns)
{
    constexpr double kStep = 50e6;
    constexpr double kStorageToNormal = 4;
    if (normal_ns <= 0)
        return 0;
    const double normal = static_cast<double>(size) / (normal_ns / 1e9);
    const double steps = std::max(1.0, std::round(kStorageToNormal * normal / kStep));
    return static_cast<std::uint64_t>(steps * kStep);
}

bool all_verified(const json& result)
{
    if (!result.value("failures", json::array()).empty())
        return false;
    const json samples = result.value("samples", json::array());
    return std::all_of(samples.begin(), samples.end(),
                       [](const json& sample) { return sample.value("verified", false); });
}

}  // namespace dmaload::bench
