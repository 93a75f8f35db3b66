// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the measurements say, in words: nothing that the intervals do not.
#pragma once

#include <span>
#include <string>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// What one group says: what the disk needs, what each way takes, what it
/// costs in CPU time.
[[nodiscard]] std::string describe(const Group& group);

/// What describe() says about the largest file at each disk rate, and the
/// comparison of alloc-read with normal and with its best rival over all
/// groups.
[[nodiscard]] std::string verdict(std::span<const Group> groups);

}  // namespace dmaload::bench
