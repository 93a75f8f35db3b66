// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where each way to load stops being limited by the disk.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// Of the disk alone; what takes at most so many times as long is limited by it.
inline constexpr double kLimitedByDisk = 1.1;

/// The groups whose scenarios are points of one question: what does the speed
/// of the disk change? scripts/bench gives each rate a scenario of its own.
[[nodiscard]] std::vector<const Group*> disk_scenarios(std::span<const Group> groups);

/// What stands above the table.
[[nodiscard]] std::string disk_limited_caption();

/// For each way the fastest of these disks that it is limited by, the next one,
/// and its time where the disk is not throttled, as cells of a table whose
/// heading is the first row; best ways first. Medians decide; "about" marks
/// rates where their interval does not. Only the heading where fewer than two
/// disks of known speed were measured.
[[nodiscard]] std::vector<std::vector<std::string>> disk_limited_cells(std::span<const Group> groups);

}  // namespace dmaload::bench
