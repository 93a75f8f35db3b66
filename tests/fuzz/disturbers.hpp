// SPDX-License-Identifier: Apache-2.0
/// \file
/// Threads that change what a call uses while it runs.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

#include "call.hpp"
#include "files.hpp"
#include "memory.hpp"

namespace fuzz {

/// Replaces the descriptor Files::slot by others, and closes it, again and again.
class Replacer {
public:
    Replacer(const Files& files, bool wanted);
    Replacer(const Replacer&) = delete;
    Replacer& operator=(const Replacer&) = delete;
    ~Replacer();

private:
    std::atomic<bool> stop_{false};
    std::atomic<bool> running_{false};
    std::thread thread_;
};

/// Sets the struct's reserved field to 1 and back to 0, again and again.
class Swapper {
public:
    Swapper(const Arena& place, const Call& call);
    Swapper(const Swapper&) = delete;
    Swapper& operator=(const Swapper&) = delete;
    ~Swapper();

private:
    std::atomic<bool> stop_{false};
    std::atomic<bool> running_{false};
    std::thread thread_;
};

}  // namespace fuzz
