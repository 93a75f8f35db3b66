// SPDX-License-Identifier: Apache-2.0
#include "bench/traced_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "bench/interrupt.hpp"

namespace dmaload::bench {

Result<TracedLoad> traced_load(const Subject& subject, const std::string& file, Recorder& recorder)
{
    const auto stage = turn_on(subject);
    if (!stage)
        return std::unexpected(stage.error());
    if (const auto started = recorder.start(); !started)
        return std::unexpected(started.error());
    auto loaded = subject.way().load(subject.request(file));
    const auto all = recorder.stop();
    if (!loaded)
        return std::unexpected(std::move(loaded.error()));
    if (!all)
        return std::unexpected(all.error());
    auto events = select_call(*all, gettid());
    if (!events)
        return std::unexpected(std::move(events.error()));
    auto timeline = make_timeline(*events);
    if (!timeline)
        return std::unexpected(std::move(timeline.error()));
    return TracedLoad{std::move(*loaded), std::move(*events), std::move(*timeline)};
}

Result<std::vector<Timeline>> traced_loads(const Subject& subject, const TestFile& file, Recorder& recorder)
{
    constexpr int kLoads = 3;
    std::vector<Timeline> loads;
    while (loads.size() < kLoads && (loads.empty() || !InterruptGuard::interrupted())) {
        if (const auto cold = make_cold({&file, 1}); !cold)
            return std::unexpected(cold.error());
        auto load = traced_load(subject, file.path, recorder);
        if (!load)
            return std::unexpected(std::move(load.error()));
        loads.push_back(std::move(load->timeline));
    }
    return loads;
}

const Timeline& typical(const std::vector<Timeline>& loads)
{
    std::vector<const Timeline*> sorted;
    sorted.reserve(loads.size());
    for (const Timeline& load : loads)
        sorted.push_back(&load);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
    std::ranges::nth_element(sorted, middle, {}, &Timeline::total);
    return **middle;
}

}  // namespace dmaload::bench
