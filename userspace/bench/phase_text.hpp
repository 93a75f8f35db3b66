// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the time of a traced load went, as text.
#pragma once

#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// The times of alloc, submit, wait and map; "-" each where no load was traced.
[[nodiscard]] std::vector<std::string> phase_cells(const Row& row);

/// A line for each row that was traced.
[[nodiscard]] std::string render_phases(const Group& group);

}  // namespace dmaload::bench
