// SPDX-License-Identifier: Apache-2.0
/// \file
/// Children that load until they are stopped, and what is known of them.
#pragma once

#include <atomic>
#include <functional>

#include "load_case.hpp"

namespace faults {

/// What children tell, in memory that they share with the test.
class Progress {
public:
    Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// Loads until that fails, and returns the error.
    int load_on(const Load& load) const;
    /// In a child: the same in threads of its own, which end with it.
    void load_in_threads(const Load& load, int threads) const;

    /// Makes one call of which the same is known.
    [[nodiscard]] contract::Errno call(Load& load) const;

    /// Waits until a call has begun; false when none did.
    [[nodiscard]] bool has_begun() const;
    /// Waits until one begins from now on, and returns its number; 0 when none did. For a single loader.
    [[nodiscard]] long next_call() const;
    /// Whether that call is the last, and has not ended.
    [[nodiscard]] bool is_in_call(long number) const { return is_in_call() && shared_->begun == number; }
    /// Whether the last call has not ended.
    [[nodiscard]] bool is_in_call() const { return shared_->begun != shared_->ended; }
    /// The last call's error.
    [[nodiscard]] contract::Errno error() const { return {shared_->error}; }
    void reset() const;

private:
    [[nodiscard]] contract::Errno counted(const std::function<contract::Errno()>& call) const;

    struct Shared {
        std::atomic<long> begun;
        std::atomic<long> ended;
        std::atomic<int> error;
    };
    Shared* shared_;
};

/// How many times, from the environment.
long times_of(const char* variable, long otherwise);

}  // namespace faults
