// SPDX-License-Identifier: Apache-2.0
/// \file
/// The section of a report about one group: charts, table, words, outliers.
#pragma once

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// The bands of the rows that have enough loads, and whether these meet a
/// deadline; no rows but the heading where none has.
[[nodiscard]] Table latency_table(const Group& group, std::optional<std::chrono::nanoseconds> deadline);

[[nodiscard]] Section group_section(const Report& report, const Group& group, bool folded);

}  // namespace dmaload::bench
