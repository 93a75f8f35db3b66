// SPDX-License-Identifier: Apache-2.0
/// \file
/// The phases of a load, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include <dmaload/method.hpp>

namespace dmaload::cli {

/// {"alloc_ns": 1, ...}
[[nodiscard]] nlohmann::json phases_json(const Phases& phases);
/// "alloc 1.20 ms, copy 3.40 ms": those that took time.
[[nodiscard]] std::string phases_text(const Phases& phases);

}  // namespace dmaload::cli
