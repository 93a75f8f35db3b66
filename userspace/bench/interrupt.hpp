// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ctrl-C as a request to end after the present sample.
#pragma once

#include <csignal>

namespace dmaload::bench {

/// While it lives, the first SIGINT or SIGTERM only sets a flag; the second
/// ends the process as usual. A guard within another one changes nothing, so
/// that what is interrupted in a part is so in the whole.
class InterruptGuard {
public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    [[nodiscard]] static bool interrupted();

private:
    struct sigaction previous_int_{};
    struct sigaction previous_term_{};
};

}  // namespace dmaload::bench
