// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the measurements say, in words: nothing that the intervals do not.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// What one group says, a sentence each; none where there are too few samples.
[[nodiscard]] std::vector<std::string> sentences(const Group& group);

/// The best way to load that is neither alloc-read nor normal; nullptr where
/// there is none.
[[nodiscard]] const Row* best_rival(const Group& group);

/// How many times as fast as \p other \p row is, within rounds:
/// "3.91x [3.80, 4.02]", "tie", or why nothing can be said.
[[nodiscard]] std::string against(const Row* row, const Row* other);

/// alloc-read direct against normal and its best rival in all groups, a line
/// each, the heading first; only the heading where it was not measured.
[[nodiscard]] std::vector<std::vector<std::string>> overview(std::span<const Group> groups);

/// What one group says for a terminal: what the disk needs, what each way takes, what it
/// costs in CPU time.
[[nodiscard]] std::string describe(const Group& group);

/// What describe() says about the largest file at each disk rate, and the
/// comparison of alloc-read with normal and with its best rival over all
/// groups.
[[nodiscard]] std::string verdict(std::span<const Group> groups);

}  // namespace dmaload::bench
