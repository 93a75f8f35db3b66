// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a call should give, by what uapi/linux/dma-heap.h says: the checks in
/// their order, made of what the kernel finds in memory.
#pragma once

#include <cerrno>
#include <cstdint>
#include <set>
#include <vector>

#include "call.hpp"
#include "files.hpp"
#include "memory.hpp"

namespace fuzz {

/// Part of a buffer: one of the files, from one offset on.
struct Part {
    std::vector<File> files{};  ///< which of them is not known where the descriptor is replaced meanwhile
    std::uint64_t file_offset = 0;
    std::uint64_t length = 0;
    std::uint64_t buffer_offset = 0;
};

struct Prediction {
    std::set<int> results{};  ///< 0 or errnos, any of which is right
    std::uint64_t buffer_size = 0;
    std::uint64_t bytes_read = 0;
    std::vector<Part> parts{};  ///< in the order of the buffer; what is between them is zero

    [[nodiscard]] bool may_succeed() const { return results.contains(0); }
    /// Plain allocations find out about these two when they have the memory.
    [[nodiscard]] bool may_allocate() const
    {
        return may_succeed() || results.contains(EFAULT) || results.contains(EMFILE);
    }
};

/// What the kernel is given: a struct and, where the struct points to them, ranges.
struct Given {
    const Call& call;
    const Arena& place;
    const Arena& ranges;
    const Files& files;
    bool heap_can_read = true;
};

Prediction predict(const Given& given);

}  // namespace fuzz
