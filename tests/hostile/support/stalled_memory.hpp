// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory at which whoever touches it, the kernel too, has to wait until
/// somebody answers: userfaultfd.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "support/compat.hpp"

namespace hostile {

/// Pages below 4 GB whose reader or writer stands still. One at a time: the
/// page that is waited for is answered for, and the next may be touched.
class StalledMemory {
public:
    enum class On {
        read,   ///< nothing is there yet: the first touch of a page stalls
        write,  ///< it can be read: the first write to a page stalls
    };

    /// Why memory cannot be stalled so here; empty where it can. Not every
    /// architecture can stall writers.
    static std::string why_not(On on);

    StalledMemory(std::span<const std::byte> content, On on);
    StalledMemory(const StalledMemory&) = delete;
    StalledMemory& operator=(const StalledMemory&) = delete;
    ~StalledMemory() = default;

    /// Where the content begins: the start of a page.
    [[nodiscard]] std::byte* address() const { return pages_.begin(); }
    /// Of userfaultfd(2); another process may poll it.
    [[nodiscard]] int descriptor() const { return fault_.get(); }

    /// Waits until somebody stands still here; false if nobody came.
    [[nodiscard]] bool stalls(std::chrono::milliseconds limit = std::chrono::seconds(20)) const;
    /// Lets whoever was seen last go on.
    void answer();

private:
    std::vector<std::byte> content_;
    LowPages pages_;
    On on_;
    contract::UniqueFd fault_;
};

}  // namespace hostile
