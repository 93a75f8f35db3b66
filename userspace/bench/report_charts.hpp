// SPDX-License-Identifier: Apache-2.0
/// \file
/// The figures behind the charts of a report, as charts.js takes them. Times
/// are nanoseconds, sizes bytes, rates bytes a second; what is not known is null.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/report.hpp"
#include "bench/report_document.hpp"

namespace dmaload::bench {

/// Medians with intervals and every sample.
[[nodiscard]] std::optional<Chart> time_chart(const Group& group,
                                              std::optional<std::chrono::nanoseconds> deadline);
/// The forms of alloc-read, first to last, in the same way.
[[nodiscard]] std::optional<Chart> stage_chart(const Group& group);
/// Where the time of each method went.
[[nodiscard]] std::optional<Chart> phase_chart(const Group& group);
/// CPU time, and memory beyond the buffer.
[[nodiscard]] std::optional<Chart> cost_chart(const Group& group);
/// From the quickest to the slowest load, where there are enough of them.
[[nodiscard]] std::optional<Chart> latency_chart(const Group& group,
                                                 std::optional<std::chrono::nanoseconds> deadline);
/// Rates of the methods over the sizes of one scenario, over disk rates, or over scenarios.
enum class Over { size, disk_rate, scenario };
[[nodiscard]] std::optional<Chart> scaling_chart(const std::vector<const Group*>& groups, Over over,
                                                 std::string caption);
/// The same methods on several machines; \p groups has a place for each part,
/// nullptr where it did not measure this.
[[nodiscard]] std::optional<Chart> comparison_chart(const Report& report,
                                                    const std::vector<const Group*>& groups);

}  // namespace dmaload::bench
