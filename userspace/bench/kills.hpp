// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long loads that were killed took to end, as a table.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dmaload::bench {

/// A line a scenario, method, mode and size, the heading first; none where
/// nothing was killed. Loads that were faster than the signal are counted, and
/// say nothing about the time to end.
[[nodiscard]] std::vector<std::vector<std::string>> kill_cells(const nlohmann::json& result);

}  // namespace dmaload::bench
