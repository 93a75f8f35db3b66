// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one group that a report begins with, and what it says.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// The group that matters most to a user with a phone: the largest file at the
/// phone-like rate; where that was not measured, the largest file that both
/// alloc-read direct and "normal" have loaded. nullptr where there is none.
[[nodiscard]] const Group* headline_group(std::span<const Group> groups);

/// A sentence, and its figures as tiles.
[[nodiscard]] std::vector<Block> headline(const Group& group);

}  // namespace dmaload::bench
