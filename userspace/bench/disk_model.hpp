// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether the emulated disk answered when its model says, as the results tell:
/// the model's own log of each boot, summed up.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dmaload::bench {

/// Share of requests that a disk model answers in time if it is one.
inline constexpr double kDiskKeepsWord = 0.99;

/// A row a boot with a disk model, the heading first: scenario, requests, share
/// in time, the latest of them. No rows but the heading where the result says
/// nothing of it.
[[nodiscard]] std::vector<std::vector<std::string>> disk_model_cells(const nlohmann::json& result);

/// A sentence for each boot whose disk was late more often than it may be.
[[nodiscard]] std::vector<std::string> disk_model_warnings(const nlohmann::json& result);

}  // namespace dmaload::bench
