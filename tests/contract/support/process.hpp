// SPDX-License-Identifier: Apache-2.0
/// \file
/// Children and threads that do something beside the test.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <random>

#include <sys/types.h>

namespace contract {

/// A forked child. Killed and reaped in the end, if it still lives.
class Child {
public:
    /// The child runs \p body and exits with what it returns; an exception ends it by SIGABRT. Where the test
    /// has threads, body must do nothing but system calls.
    explicit Child(const std::function<int()>& body);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    [[nodiscard]] pid_t id() const { return pid_; }
    void signal(int number) const;
    /// The wait status if the child has ended.
    std::optional<int> ended();
    /// Waits for the end; nothing if it does not come within the limit.
    std::optional<int> wait(std::chrono::seconds limit = std::chrono::seconds(60));

private:
    pid_t pid_;
    std::optional<int> status_;
};

/// In a child: where memory runs out, this process shall end and not the test.
void be_the_first_to_go();

/// Delays that differ from run to run of a loop, but not from run to run of
/// the test.
class RandomDelay {
public:
    explicit RandomDelay(std::chrono::microseconds most) : microseconds_(0, most.count()) {}
    std::chrono::microseconds next() { return std::chrono::microseconds(microseconds_(generator_)); }
    void sleep();

private:
    std::minstd_rand generator_{20240730};
    std::uniform_int_distribution<long> microseconds_;
};

}  // namespace contract
