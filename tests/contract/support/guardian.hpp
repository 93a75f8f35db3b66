// SPDX-License-Identifier: Apache-2.0
/// \file
/// One who is asked before each read of a file (fanotify's FAN_ACCESS_PERM).
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "support/system.hpp"

namespace contract {

/// Allows the first reads of a file and refuses all others, while it lives. Only what is opened meanwhile is
/// guarded. Answers come from a thread of the test.
class Guardian {
public:
    Guardian(const std::string& path, int allowed);
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;
    ~Guardian();

    /// Why the kernel has no such; empty if it has.
    static std::string why_not();
    /// How many reads asked.
    [[nodiscard]] int asked() const { return asked_; }

private:
    void serve();
    void answer();

    int allowed_;
    std::atomic<int> asked_{0};
    std::atomic<bool> stop_{false};
    UniqueFd group_;
    std::thread thread_;
};

}  // namespace contract
