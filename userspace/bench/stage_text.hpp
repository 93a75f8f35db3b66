// SPDX-License-Identifier: Apache-2.0
/// \file
/// What each step of alloc-read brings, as a table and in a sentence.
#pragma once

#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// The cells of the table of stages, the heading first; none where no stage
/// was measured.
[[nodiscard]] std::vector<std::vector<std::string>> stage_cells(const Group& group);

/// A line a stage, first to last; empty where none was measured.
[[nodiscard]] std::string render_stages(const Group& group);

/// The same in one sentence; empty where fewer than two have enough samples.
[[nodiscard]] std::string describe_stages(const Group& group);

}  // namespace dmaload::bench
