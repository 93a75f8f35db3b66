// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernel's trace as text, and all that is made of it.
#include <bench/prediction.hpp>
#include <bench/timeline.hpp>
#include <bench/timeline_svg.hpp>
#include <bench/trace_events.hpp>

#include <cstdint>
#include <string_view>

#include "require.hpp"

using dmaload::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace dmaload;
    using namespace dmaload::bench;
    constexpr int thread = 215;  // of the load in the corpus
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    const auto events = parse_trace(text);
    if (!events)
        return 0;
    for (const TraceEvent& event : *events)
        (void)to_json(event, events->front().time);
    const auto call = select_call(*events, thread);
    if (!call)
        return 0;
    const auto line = make_timeline(*call);
    if (!line)
        return 0;
    const Phases phases = line->phases();
    require(phases.alloc + phases.submit + phases.wait + phases.map == line->total,
            "the caller's time is accounted for once");
    require(line->reading() <= line->total, "reads are in flight during the load");
    const auto object = to_json(*line);
    const auto again = timeline_from_json(object);
    require(again && to_json(*again) == object, "it comes back from its JSON");
    require(render_svg(*line, {.title = "load", .subtitle = {}}).ends_with("</svg>\n"), "it is a picture");
    (void)predict(*line, {.rate = 1'000'000'000, .latency = {}});
    return 0;
}
