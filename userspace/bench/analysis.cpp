// SPDX-License-Identifier: Apache-2.0
#include "bench/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "bench/group_builder.hpp"
#include "bench/results.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

std::string Row::name() const
{
    return method + " " + mode;
}

std::string Row::rank() const
{
    return place == 0 ? "?" : fmt::format("{}{}", place, tied ? " tie" : "");
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

std::string Group::disk() const
{
    return disk_rate ? fmt::format("disk {}", format_rate(*disk_rate)) : "disk not throttled";
}

std::string Group::title() const
{
    return fmt::format("{} ({}), {}", scenario, disk(), format_size(size));
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
        GroupBuilder builder;
        for (const json& sample : result.at("samples"))
            builder.add_sample(sample);
        for (const json& failure : result.value("failures", json::array()))
            builder.add_failure(failure);
        for (const json& limit : result.at("limits"))
            builder.add_limit(limit);
        for (const json& setting : result.value("settings", json::array()))
            builder.add_setting(setting);
        for (const json& trace : result.value("traces", json::array()))
            builder.add_trace(trace);
        for (const json& run : result.value("readers", json::array()))
            builder.add_reader(run);
        for (const json& run : result.value("fio", json::array()))
            builder.add_fio(run);
        return builder.finish();
    } catch (const json::exception& error) {
        return wrong_fields(error);
    }
}

std::uint64_t phone_like_rate(std::uint64_t size, double normal_ns)
{
    constexpr double kStep = 50e6;
    constexpr double kStorageToNormal = 4;
    if (normal_ns <= 0)
        return 0;
    const double normal = static_cast<double>(size) / (normal_ns / 1e9);
    // A time of next to nothing makes a rate that no number holds, and nobody means.
    constexpr double kMostSteps = 1e15 / kStep;
    const double steps = std::clamp(std::round(kStorageToNormal * normal / kStep), 1.0, kMostSteps);
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
