// SPDX-License-Identifier: Apache-2.0
/// \file
/// In which pieces the free memory lies.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// The number of free blocks of each order that a heap can have, all zones
/// together. A block of order n is 2^n pages.
using FreeBlocks = std::vector<std::uint64_t>;

/// Parses /proc/pagetypeinfo, without the blocks of CMA (for movable pages,
/// which those of a heap are not), those kept for atomic allocations, and what is
/// being taken offline; or /proc/buddyinfo, which does not tell them apart.
[[nodiscard]] FreeBlocks parse_free_blocks(std::string_view text);
/// Reads the first of the two that there is.
[[nodiscard]] Result<FreeBlocks> read_free_blocks();

/// Free pages in blocks of at least that order.
[[nodiscard]] std::uint64_t free_pages_from(const FreeBlocks& blocks, unsigned order);

}  // namespace dmaload::bench
