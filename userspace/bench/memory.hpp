// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory that a load takes beyond the buffer that it makes.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Watches MemAvailable in a thread of its own and keeps the lowest value.
/// It disturbs timing, so nothing is timed while it runs.
class AvailableWatch {
public:
    AvailableWatch();
    ~AvailableWatch();
    AvailableWatch(const AvailableWatch&) = delete;
    AvailableWatch& operator=(const AvailableWatch&) = delete;

    /// Ends the watch; the largest drop below the value at its start, in bytes.
    [[nodiscard]] std::uint64_t stop();

private:
    void watch();

    std::uint64_t start_ = 0;
    std::uint64_t lowest_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

/// How far MemAvailable drops when the heap allocates \p size bytes and reads
/// nothing: what any way of loading must take. Where the heap cannot be used,
/// the size itself in whole pages.
[[nodiscard]] std::uint64_t plain_allocation_drop(const std::string& heap, std::uint64_t size);

}  // namespace dmaload::bench
