// SPDX-License-Identifier: Apache-2.0
#include "bench/prediction.hpp"

#include <algorithm>

namespace dmaload::bench {

using std::chrono::nanoseconds;

nanoseconds Prediction::total() const
{
    return first_batch + std::max(io, rest + last_io) + finish;
}

std::optional<Prediction> predict(const Timeline& load, const DiskModel& disk)
{
    if (!load.async || load.batches.empty() || load.error != 0 || disk.rate == 0)
        return std::nullopt;
    const nanoseconds first = load.batches.front().submit;
    const nanoseconds last = load.batches.back().submitted;
    Prediction prediction;
    prediction.first_batch = first;
    prediction.io = disk.time_for(static_cast<std::uint64_t>(load.bytes));
    prediction.last_io = disk.time_for(static_cast<std::uint64_t>(load.batches.back().length));
    for (const Span& span : load.caller) {
        if (span.what == Activity::map)
            prediction.finish += span.end - span.begin;
        else if (span.what != Activity::wait)
            prediction.rest +=
                std::max(nanoseconds(0), std::min(span.end, last) - std::max(span.begin, first));
    }
    return prediction;
}

}  // namespace dmaload::bench
