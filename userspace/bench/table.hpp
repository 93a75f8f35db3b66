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

/// The rows of a group as text, the heading first: rank, method, mode, then
/// figures. Numbers beside the spine of the samples have columns of their own.
/// What reads without making a dma-buf (references.hpp) stands between the
/// rows by its time, without a rank.
[[nodiscard]] std::vector<std::vector<std::string>> group_cells(const Group& group);

/// What the disk alone, or a reader that makes no dma-buf, takes; may be empty.
[[nodiscard]] std::string limit_text(const Group& group);

/// Warnings and errors of a group, whole sentences.
[[nodiscard]] std::vector<std::string> group_notes(const Group& group);

/// What the columns of group_cells() mean, one sentence each.
[[nodiscard]] std::vector<std::string> explain_columns();

/// What could not be measured and why, each said once: "udmabuf direct: ...".
[[nodiscard]] std::vector<std::string> unavailable_methods(const nlohmann::json& result);

/// One group: title, limit, one line a method, and the warnings that it needs.
[[nodiscard]] std::string render_group(const Group& group);

/// All groups, the explanation of the columns, and what could not be measured.
[[nodiscard]] std::string render_table(std::span<const Group> groups, const nlohmann::json& result);

}  // namespace dmaload::bench
