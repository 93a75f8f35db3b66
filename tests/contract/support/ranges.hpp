// SPDX-License-Identifier: Apache-2.0
/// \file
/// DMA_HEAP_IOCTL_ALLOC_READ, bare, and the check that a buffer holds what the
/// ranges ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>

#include "support/fixture.hpp"

namespace contract {

using Range = dma_heap_read_range;

inline Range range(int file, std::uint64_t file_offset, std::uint64_t length, std::uint64_t buffer_offset,
                   std::uint32_t reserved = 0)
{
    return {file, reserved, file_offset, length, buffer_offset};
}

/// Every field of the call, preset to a right call but for the ranges.
struct RangesRequest {
    std::vector<Range> ranges{};
    std::uint64_t len = 0;
    std::uint32_t fd_flags = O_RDWR | O_CLOEXEC;
    std::uint64_t heap_flags = 0;
    std::uint32_t fd = 0;
    std::uint32_t reserved = 0;
    std::uint64_t bytes_read = 0;
    std::optional<const void*> pointer{};                    ///< in place of that to `ranges`
    std::optional<std::uint32_t> count{};                    ///< in place of that of `ranges`
    std::size_t size = sizeof(dma_heap_allocate_read_data);  ///< of the struct
    unsigned int direction = _IOC_READ | _IOC_WRITE;
    std::vector<std::byte> tail{};  ///< what a larger struct has behind it, then zeros
};

struct RangesOutcome {
    Errno error;
    UniqueFd dmabuf;
    std::uint64_t bytes_read = 0;
};

/// Makes the call. A failed call that changed the struct, and one that wrote
/// beyond it, is a failure of the test, whatever it expects else.
RangesOutcome read_ranges(int heap, const RangesRequest& request);

/// Why ranges cannot be tested on this kernel; nothing where they can.
std::optional<std::string> why_no_ranges(int heap);

/// Why a program that makes both calls cannot do so here; nullptr where it can.
const char* why_no_calls();

/// A range and the pattern of its file.
struct Piece {
    int fd = -1;
    std::uint64_t seed = 1;
    std::uint64_t file_offset = 0;
    std::uint64_t length = 0;
    std::uint64_t buffer_offset = 0;
};

RangesRequest request_for(const std::vector<Piece>& pieces, std::uint64_t len = 0);

/// Whether a dma-buf has \p size bytes, each piece where it belongs, and
/// nothing but zeros elsewhere.
::testing::AssertionResult holds_pieces(int dmabuf, std::vector<Piece> pieces, std::uint64_t size);

/// What offsets of a file's direct reads must be a multiple of; 1 where it is
/// read through the page cache anyway.
std::uint64_t direct_alignment(int file);

/// Skips where the kernel does not have the call.
class RangesTest : public ContractTest {
protected:
    void SetUp() override;
    [[nodiscard]] Errno error_of(const RangesRequest& request) const;
};

class RangesPlaceTest : public PlaceTest {
protected:
    void SetUp() override;
    /// Loads the pieces and looks at all that came of it.
    void expect_loaded(const std::vector<Piece>& pieces, std::uint64_t len = 0) const;
    /// What offsets must be a multiple of here.
    [[nodiscard]] std::uint64_t alignment(int file) const
    {
        return GetParam().direct ? direct_alignment(file) : 1;
    }
};

}  // namespace contract
