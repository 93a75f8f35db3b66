// SPDX-License-Identifier: Apache-2.0
/// \file
/// Splits a load into its phases.
#pragma once

#include <chrono>
#include <utility>

namespace dmaload {

/// Runs from its construction.
class Stopwatch {
public:
    /// The time since the last lap, or since the start.
    [[nodiscard]] std::chrono::nanoseconds lap()
    {
        const auto now = std::chrono::steady_clock::now();
        return now - std::exchange(last_, now);
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace dmaload
