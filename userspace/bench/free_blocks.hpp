// SPDX-License-Identifier: Apache-2.0
/// \file
/// In which pieces the free memory lies.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// /proc/buddyinfo: the number of free blocks of each order, all zones
/// together. A block of order n is 2^n pages.
using FreeBlocks = std::vector<std::uint64_t>;

[[nodiscard]] FreeBlocks parse_buddyinfo(std::string_view text);
[[nodiscard]] Result<FreeBlocks> read_buddyinfo();

/// Free pages in blocks of at least that order.
[[nodiscard]] std::uint64_t free_pages_from(const FreeBlocks& blocks, unsigned order);

}  // namespace dmaload::bench
