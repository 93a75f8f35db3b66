// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table that the first patches of this kind came with, beside the same
/// ways here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// What stands above it.
[[nodiscard]] std::string published_caption();

/// Speeds against "normal" at each size, theirs and ours, as cells of a table
/// whose heading is the first row; ours say where they tie with it. The form
/// that the patches of 2024 had has a row where it was measured. Only its heading where nothing of it was
/// measured in the scenario "seed-table".
[[nodiscard]] std::vector<std::vector<std::string>> published_cells(std::span<const Group> groups);

}  // namespace dmaload::bench
