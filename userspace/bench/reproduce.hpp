// SPDX-License-Identifier: Apache-2.0
/// \file
/// How to measure a result again.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dmaload::bench {

/// One command, or a few, a line each, that measures the same again; empty
/// for a result of another shape than schema 1.
[[nodiscard]] std::string reproduce_command(const nlohmann::json& result);

}  // namespace dmaload::bench
