// SPDX-License-Identifier: Apache-2.0
/// \file
/// The runs that a result was joined of.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace dmaload::bench {

/// One object a run, in the order in which they were made: "scenario",
/// "disk_rate" and "context". Of a result that does not tell its runs apart,
/// its context alone. Throws json::exception where fields are of other types.
[[nodiscard]] std::vector<nlohmann::json> runs_of(const nlohmann::json& result);

}  // namespace dmaload::bench
