// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a load that is killed takes to end.
#pragma once

#include <chrono>

#include <dmaload/error.hpp>

#include "bench/sample.hpp"

namespace dmaload::bench {

/// A process that loaded a file and got SIGKILL meanwhile.
struct KilledLoad {
    std::chrono::nanoseconds after{};  ///< from the start of the load to the signal
    std::chrono::nanoseconds ended{};  ///< from the signal until the process was gone, its memory freed
    bool finished = false;             ///< it was faster than the signal
};

/// Loads the cold file in a process of its own and kills that after the given
/// time. No other thread may run in this process.
[[nodiscard]] Result<KilledLoad> kill_load(const Subject& subject, const TestFile& file,
                                           std::chrono::nanoseconds after);

}  // namespace dmaload::bench
