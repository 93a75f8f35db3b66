// SPDX-License-Identifier: Apache-2.0
#include "bench/settings_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "bench/interrupt.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {
namespace {

constexpr int kLoadsOfASetting = 2;
constexpr double kHopeless = 2;  // times the best one's load: a second one hardly changes that

std::chrono::nanoseconds shortest(const TriedSetting& tried)
{
    return tried.loads.empty() ? std::chrono::nanoseconds::max() : std::ranges::min(tried.loads);
}

}  // namespace

const TriedSetting* best_of(std::span<const TriedSetting> tried)
{
    const auto best = std::ranges::min_element(tried, {}, shortest);
    return best == tried.end() || best->loads.empty() ? nullptr : &*best;
}

Result<void> SettingsRun::choose(Subject& subject, const Files& files)
{
    const auto variants = subject.method->variants();
    if (variants.empty() || subject.stage != nullptr)
        return {};
    std::vector<TriedSetting> tried = {{.way = subject.method, .loads = {}}};
    for (const Method* variant : variants)
        tried.push_back({.way = variant, .loads = {}});

    // What comes first is slower than it will be: one load is for nothing. Then one setting after the other,
    // in an order of chance, twice: what disturbs the machine for a while does not hit all loads of one
    // setting.
    (void)time_load(subject, files);
    std::vector<std::size_t> order(tried.size());
    std::iota(order.begin(), order.end(), 0);
    for (int i = 0; i < kLoadsOfASetting; ++i) {
        const TriedSetting* const ahead = best_of(tried);  // none before the first loads
        std::ranges::shuffle(order, random_);
        for (const std::size_t next : order) {
            TriedSetting& setting = tried[next];
            if (InterruptGuard::interrupted())
                return {};
            if (ahead != nullptr && shortest(setting) > kHopeless * shortest(*ahead))
                continue;
            progress_.show(fmt::format("{}: settings: {} {}, {}", label_.scenario, setting.way->name(),
                                       to_string(subject.mode), format_size(files.front().size)));
            subject.setting = setting.way;
            const auto total = time_load(subject, files);
            if (total)
                setting.loads.push_back(*total);
            else
                progress_.say(fmt::format("{}: {}", setting.way->name(), total.error().message()));
        }
    }
    const TriedSetting* const best = best_of(tried);
    subject.setting = best != nullptr && best->way != subject.method ? best->way : nullptr;
    for (const TriedSetting& setting : tried) {
        if (auto written = journal_.append(setting_record(
                label_, subject, total_size(files), setting.way->name(), setting.loads, &setting == best));
            !written)
            return written;
    }
    return {};
}

}  // namespace dmaload::bench
