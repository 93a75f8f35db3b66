// SPDX-License-Identifier: Apache-2.0
/// \file
/// Results as a table for a terminal.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// Text in columns as wide as their widest cell; the first \p left columns are
/// aligned left, the others right.
[[nodiscard]] std::string render_columns(const std::vector<std::vector<std::string>>& rows, std::size_t left);

/// One group: title, limit, one line a method, and the warnings that it needs.
[[nodiscard]] std::string render_group(const Group& group);

/// All groups, the explanation of the columns, and what could not be measured.
[[nodiscard]] std::string render_table(std::span<const Group> groups, const nlohmann::json& result);

}  // namespace dmaload::bench
