// SPDX-License-Identifier: Apache-2.0
/// \file
/// The forms that alloc-read has had, step by step from the simplest: the
/// kernel has knobs (debugfs) that bring each of them back for comparison.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/guardian.hpp"

namespace dmaload::bench {

inline constexpr const char* kKnobFolder = "/sys/kernel/debug/dma_heap_read";

/// One form. In results its name stands where other rows have the method's.
struct Stage {
    std::string_view name;
    std::string_view adds;  ///< what it has and the stage before has not
    std::vector<std::string_view> knobs;
};

/// All stages, first to last; the last is alloc-read as it is, without a knob.
[[nodiscard]] std::span<const Stage> stages();

/// The place in stages() of the stage with that name.
[[nodiscard]] std::optional<std::size_t> stage_place(std::string_view name);

/// The kernel's knobs. They hold for the whole system, so all of them are off
/// while this object is there but within a Scope; then they are again as they
/// were, however the process ends.
class Knobs {
public:
    /// Fails where the kernel has no knobs, and without root.
    [[nodiscard]] static Result<Knobs> take(const std::string& folder = kKnobFolder);

    /// A stage's knobs are on while it lives.
    class Scope {
    public:
        Scope(const Knobs& knobs, const Stage& stage) : knobs_(&knobs), stage_(&stage) {}
        Scope(Scope&& other) noexcept : knobs_(std::exchange(other.knobs_, nullptr)), stage_(other.stage_) {}
        Scope& operator=(Scope&&) = delete;
        Scope(const Scope&) = delete;
        ~Scope();

    private:
        const Knobs* knobs_;
        const Stage* stage_;
    };
    [[nodiscard]] Result<Scope> turn_on(const Stage& stage) const;

private:
    Knobs(std::string folder, Guardian guardian) : folder_(std::move(folder)), guardian_(std::move(guardian))
    {
    }
    [[nodiscard]] Result<void> set(std::string_view knob, bool on) const;

    std::string folder_;
    Guardian guardian_;
};

}  // namespace dmaload::bench
