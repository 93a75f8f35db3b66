// SPDX-License-Identifier: Apache-2.0
/// \file
/// The machines that a report is about, side by side.
#pragma once

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// Everything in the contexts of the parts, a line a fact, a column a part.
[[nodiscard]] Table environment_table(const Report& report);

/// Scenario, time, seed, rounds and disk of each run that the results hold,
/// and how fast its machine copied and cleared memory.
[[nodiscard]] Table runs_table(const Report& report);

/// What `dmaload doctor` found before the runs, problems first; no rows but
/// the heading where the results hold no findings.
[[nodiscard]] Table findings_table(const Report& report);

/// What the doctor found on the host of the guests that measured, and what they
/// were run by; no rows but the heading where no guest did.
[[nodiscard]] Table host_table(const Report& report);

}  // namespace dmaload::bench
