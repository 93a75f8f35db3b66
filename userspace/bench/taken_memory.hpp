// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory that other processes have: much of it, or in a pattern that leaves
/// nothing but single pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/heap.hpp>
#include <dmaload/unique_fd.hpp>

#include "bench/child.hpp"
#include "bench/free_blocks.hpp"
#include "bench/guardian.hpp"

namespace dmaload::bench {

/// Anonymous memory of another process, touched and locked, for as long as
/// this object lives.
class EatenMemory {
public:
    /// \p percent of all the machine's memory, 1 to 95.
    [[nodiscard]] static Result<EatenMemory> eat(unsigned percent);

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    EatenMemory(Child child, std::uint64_t bytes) : child_(std::move(child)), bytes_(bytes) {}

    Child child_;
    std::uint64_t bytes_;
};

/// The smallest order above 0 that a dma-heap asks for (orders 8, 4 and 0 in
/// drivers/dma-buf/heaps/system_heap.c).
inline constexpr unsigned kHeapOrder = 4;

/// Nearly all memory was taken page by page, and then each page given back
/// whose neighbour is kept: no free block is left that a heap could use but
/// single pages. Compaction is kept from mending it. Needs root, and takes
/// about half of the memory.
class FragmentedMemory {
public:
    /// \p heap: what is left of larger blocks is taken by buffers of it.
    [[nodiscard]] static Result<FragmentedMemory> fragment(const std::string& heap);

    /// Takes the large blocks that came free since: caches that were dropped,
    /// and neighbours that CPUs had kept on their own lists.
    [[nodiscard]] Result<void> renew();

private:
    FragmentedMemory(Guardian settings, Child child, Heap heap)
        : settings_(std::move(settings)), child_(std::move(child)), heap_(std::move(heap))
    {
    }

    Guardian settings_;
    Child child_;
    Heap heap_;
    std::vector<UniqueFd> buffers_;
};

}  // namespace dmaload::bench
