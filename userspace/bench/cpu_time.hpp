// SPDX-License-Identifier: Apache-2.0
/// \file
/// CPU time of the whole machine: work that a load causes in interrupts and
/// kernel threads counts as well.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Idle time of all CPUs together at one moment.
struct IdleReading {
    std::chrono::nanoseconds idle{};
    std::chrono::nanoseconds now{};  ///< the same clock, the moment of the reading
    int cpus = 0;                    ///< CPUs that the reading covers
};

/// Parses /proc/timer_list; an error where it holds no idle times (a kernel
/// without NO_HZ and high-resolution timers).
[[nodiscard]] Result<IdleReading> parse_timer_list(std::string_view text);

/// Parses the first line of /proc/stat; \p tick is what it counts in.
[[nodiscard]] Result<IdleReading> parse_proc_stat(std::string_view text, std::chrono::nanoseconds tick);

/// The steal time in the first line of /proc/stat, of all CPUs together since the boot: what a host kept for
/// itself while they had work. \p tick is what it counts in. None where the line has no such field.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_steal(std::string_view text,
                                                                  std::chrono::nanoseconds tick);

/// The same of this machine, in clock ticks (10 ms where there are 100 in a second). An emulator tells its
/// guest of none: there it stays zero, whatever the host does.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_steal();

/// Busy time between two readings, not below zero.
[[nodiscard]] std::chrono::nanoseconds busy_between(const IdleReading& before, const IdleReading& after);

/// Reads busy time of the whole machine: from /proc/timer_list in nanoseconds,
/// or from /proc/stat, which counts in clock ticks.
class CpuClock {
public:
    /// Chooses the source and measures what a reading costs itself.
    [[nodiscard]] static Result<CpuClock> create();

    [[nodiscard]] Result<IdleReading> read() const;

    /// Busy time of the machine between two readings, less what the readings
    /// themselves took.
    [[nodiscard]] std::chrono::nanoseconds busy(const IdleReading& before, const IdleReading& after) const;

    /// How finely busy() tells: the spread of windows in which nothing
    /// happened, or the tick of /proc/stat.
    [[nodiscard]] std::chrono::nanoseconds resolution() const { return resolution_; }
    [[nodiscard]] const std::string& source() const { return source_; }

private:
    std::string source_;
    bool timer_list_ = false;
    std::chrono::nanoseconds overhead_{};
    std::chrono::nanoseconds resolution_{};
};

}  // namespace dmaload::bench
