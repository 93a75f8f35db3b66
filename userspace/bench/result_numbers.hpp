// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether the numbers of a result can be calculated with.
#pragma once

#include <nlohmann/json.hpp>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// An error where a result, which may come from anywhere, has a number that
/// does not fit where reports put it (JSON has no limit, and any fraction may
/// stand where a count is meant), or is nested so deep that it is none of ours.
[[nodiscard]] Result<void> check_numbers(const nlohmann::json& result);

}  // namespace dmaload::bench
