// SPDX-License-Identifier: Apache-2.0
/// \file
/// A call that stands still at one of its pointers, made by a child that can be killed.
#pragma once

#include <cstddef>
#include <span>

#include "support/process.hpp"
#include "support/stalled_memory.hpp"

namespace hostile {

/// Makes \p command with the struct \p bytes in a child. The struct stalls, or,
/// where there are \p ranges, these do (the struct then points to them), and
/// nobody will ever answer.
class StalledCall {
public:
    StalledCall(int heap, unsigned long command, std::span<const std::byte> bytes, StalledMemory::On on,
                std::span<const std::byte> ranges = {});

    /// Waits until the call stands still; false if it never did.
    [[nodiscard]] bool stalls();
    [[nodiscard]] contract::Child& child() { return child_; }

private:
    /// In memory that both see: the number of the child's userfaultfd.
    class Shared {
    public:
        Shared();
        Shared(const Shared&) = delete;
        Shared& operator=(const Shared&) = delete;
        ~Shared();
        [[nodiscard]] volatile int& number() const { return *number_; }

    private:
        int* number_;
    };

    Shared shared_;
    contract::Child child_;
};

}  // namespace hostile
