// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ends the program, and says why, when one call takes too long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include <sys/types.h>

#include "call.hpp"

namespace fuzz {

class Watchdog {
public:
    explicit Watchdog(std::chrono::seconds limit);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    /// This thread begins the call, which has to stay until this is told that it is done with it.
    void begin(const Call& call);
    void end();

private:
    void watch();
    [[noreturn]] void give_up() const;

    std::chrono::seconds limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    const Call* call_ = nullptr;
    pid_t task_ = 0;
    std::optional<std::chrono::steady_clock::time_point> deadline_{};
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace fuzz
