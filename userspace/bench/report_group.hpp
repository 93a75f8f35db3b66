// SPDX-License-Identifier: Apache-2.0
/// \file
/// The section of a report about one group: charts, table, words, outliers.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// The bands of the rows that have enough loads; with a deadline all rows, and
/// whether they meet it. Only the heading where there is nothing to say.
[[nodiscard]] Table latency_table(const Group& group, std::optional<std::chrono::nanoseconds> deadline);

/// How many rows have no band while others have, and why; else empty.
[[nodiscard]] std::string latency_note(const Group& group);

[[nodiscard]] Section group_section(const Report& report, const Group& group, bool folded);

}  // namespace dmaload::bench
