// SPDX-License-Identifier: Apache-2.0
/// \file
/// A process beside this one, for work that must not share its memory or its
/// threads.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Ends when this object is gone, and when the whole process is, however that
/// ends.
class Child {
public:
    /// Forks, and returns when \p prepare has returned in the child; its error
    /// is the result's. Then the child does \p stay, and ends with it. Both may
    /// allocate and lock, so no other thread may run in this process.
    [[nodiscard]] static Result<Child> start(const std::function<Result<void>()>& prepare,
                                             const std::function<void()>& stay);

    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    /// Kills it and all that it has started, and returns when it is gone.
    ~Child();

    /// CPU time that it has had so far, without that of its own children.
    [[nodiscard]] std::chrono::nanoseconds cpu_time() const;

private:
    explicit Child(pid_t pid) : pid_(pid) {}

    pid_t pid_;
};

}  // namespace dmaload::bench
