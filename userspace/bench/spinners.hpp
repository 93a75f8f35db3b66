// SPDX-License-Identifier: Apache-2.0
/// \file
/// Work for every CPU, and how much of it does not get done while a file is
/// loaded.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/child.hpp"

namespace dmaload::bench {

/// What a spinner has done at two moments gives its speed between them.
struct SpinCount {
    std::chrono::nanoseconds now{};
    std::vector<std::uint64_t> turns{};  ///< of each spinner
    std::chrono::nanoseconds cpu{};      ///< that all of them have had, by this kernel's account
};

/// CPU time that the spinners would have had between \p before and \p after at
/// their speed between \p rested and \p before, and did not get; summed over
/// them, each at least zero.
[[nodiscard]] std::chrono::nanoseconds lost_turns(const SpinCount& rested, const SpinCount& before,
                                                  const SpinCount& after);

/// CPU time that the spinners did not get between the two by this kernel's
/// account. It is less than what they lost where a host, or an emulated disk on
/// the same host, took CPU time from the whole machine, which no kernel sees.
[[nodiscard]] std::chrono::nanoseconds off_cpu(const SpinCount& before, const SpinCount& after);

/// One process for each CPU that this one may run on, bound to it, at the
/// ordinary priority, doing nothing but count.
class Spinners {
public:
    [[nodiscard]] static Result<Spinners> start();

    [[nodiscard]] SpinCount read() const;

    Spinners(Spinners&& other) noexcept;
    Spinners& operator=(Spinners&&) = delete;
    Spinners(const Spinners&) = delete;
    ~Spinners();

private:
    struct Slot;
    Spinners(Slot* slots, std::size_t count) : slots_(slots), count_(count) {}

    Slot* slots_;  ///< memory that is shared with the children
    std::size_t count_;
    std::vector<Child> children_;
};

}  // namespace dmaload::bench
