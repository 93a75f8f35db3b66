// SPDX-License-Identifier: Apache-2.0
/// \file
/// One load with the kernel's trace of it.
#pragma once

#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>

#include "bench/recorder.hpp"
#include "bench/sample.hpp"
#include "bench/timeline.hpp"

namespace dmaload::bench {

struct TracedLoad {
    Loaded loaded;
    std::vector<TraceEvent> events;  ///< of this load alone
    Timeline timeline;
};

/// Loads the file while the recorder runs. Tracing takes time, so nothing else
/// is measured meanwhile. The load's own error comes before the trace's.
[[nodiscard]] Result<TracedLoad> traced_load(const Subject& subject, const std::string& file,
                                             Recorder& recorder);

/// Several cold traced loads of one file; the one whose call took the median
/// time tells the phases. Fewer where it is interrupted, at least one.
[[nodiscard]] Result<std::vector<Timeline>> traced_loads(const Subject& subject, const TestFile& file,
                                                         Recorder& recorder);

/// Of these the one whose call took the median time.
[[nodiscard]] const Timeline& typical(const std::vector<Timeline>& loads);

}  // namespace dmaload::bench
