// SPDX-License-Identifier: Apache-2.0
#include "bench/cpu_time.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

using std::chrono::nanoseconds;

namespace {

constexpr const char* kTimerList = "/proc/timer_list";
constexpr const char* kProcStat = "/proc/stat";

nanoseconds clock_tick()
{
    return nanoseconds(std::chrono::seconds(1)) / sysconf(_SC_CLK_TCK);
}

/// Wakes every CPU for a moment by moving there. A CPU adds to its idle time
/// when it leaves idle, so one that slept all along would seem to have worked.
void visit_all_cpus()
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        return;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof(one), &one);
    }
    sched_setaffinity(0, sizeof(allowed), &allowed);
}

}  // namespace

Result<IdleReading> parse_timer_list(std::string_view text)
{
    IdleReading reading;
    std::uint64_t idle = 0;  // unsigned: whatever stands there, the sum is a number
    bool has_now = false;
    for (const std::string_view line : split(text, "\n")) {
        const auto words = split(line, " \t:");
        if (words.size() >= 3 && words[0] == "now" && words[1] == "at") {
            reading.now = nanoseconds(parse_number(words[2]).value_or(0));
            has_now = true;
        } else if (words.size() >= 2 && words[0] == ".idle_sleeptime") {
            idle += parse_number(words[1]).value_or(0);
            ++reading.cpus;
        } else if (words.size() >= 2 && words[0] == ".iowait_sleeptime") {
            // Idle while a task of this CPU waits for storage: idle all the same.
            idle += parse_number(words[1]).value_or(0);
        }
    }
    if (!has_now || reading.cpus == 0)
        return fail("parse", kTimerList, 0, "The kernel counts no idle time here (no NO_HZ_IDLE).");
    reading.idle = nanoseconds(idle);
    return reading;
}

Result<IdleReading> parse_proc_stat(std::string_view text, nanoseconds tick)
{
    IdleReading reading;
    for (const std::string_view line : split(text, "\n")) {
        const auto words = split(line, " ");
        if (words.empty() || !words[0].starts_with("cpu"))
            break;
        if (words[0] == "cpu") {
            if (words.size() < 9)
                return fail("parse", kProcStat, 0);
            // user nice system idle iowait irq softirq steal; all of them
            // together are the time that passed on all CPUs.
            std::uint64_t all = 0;
            for (std::size_t i = 1; i <= 8; ++i)
                all += parse_number(words[i]).value_or(0);
            reading.idle = tick * (parse_number(words[4]).value_or(0) + parse_number(words[5]).value_or(0));
            reading.now = tick * all;
        } else {
            ++reading.cpus;
        }
    }
    if (reading.cpus == 0)
        return fail("parse", kProcStat, 0);
    reading.now /= reading.cpus;
    return reading;
}

std::optional<nanoseconds> parse_steal(std::string_view text, nanoseconds tick)
{
    // cpu user nice system idle iowait irq softirq steal
    constexpr std::size_t kSteal = 8;
    const auto words = split(text.substr(0, text.find('\n')), " ");
    if (words.size() <= kSteal || words[0] != "cpu")
        return std::nullopt;
    const auto ticks = parse_number(words[kSteal]);
    return ticks ? std::optional(tick * *ticks) : std::nullopt;
}

std::optional<nanoseconds> read_steal()
{
    const auto text = read_text(kProcStat);
    return text ? parse_steal(*text, clock_tick()) : std::nullopt;
}

nanoseconds busy_between(const IdleReading& before, const IdleReading& after)
{
    const nanoseconds passed = (after.now - before.now) * after.cpus;
    return std::max(nanoseconds{}, passed - (after.idle - before.idle));
}

Result<IdleReading> CpuClock::read() const
{
    if (timer_list_)
        visit_all_cpus();
    const auto text = read_text(timer_list_ ? kTimerList : kProcStat);
    if (!text)
        return std::unexpected(text.error());
    return timer_list_ ? parse_timer_list(*text) : parse_proc_stat(*text, clock_tick());
}

nanoseconds CpuClock::busy(const IdleReading& before, const IdleReading& after) const
{
    return std::max(nanoseconds{}, busy_between(before, after) - overhead_);
}

Result<CpuClock> CpuClock::create()
{
    CpuClock clock;
    clock.timer_list_ = true;
    clock.source_ = kTimerList;
    if (!clock.read()) {
        clock.timer_list_ = false;
        clock.source_ = kProcStat;
        clock.resolution_ = clock_tick();
        if (const auto works = clock.read(); !works)
            return std::unexpected(works.error());
        return clock;
    }

    // Windows that hold nothing but a sleep: what is busy there is the reading.
    std::array<nanoseconds, 16> empty{};
    for (int i = -2; i < static_cast<int>(empty.size()); ++i) {
        const auto before = clock.read();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        const auto after = clock.read();
        if (!before || !after)
            return std::unexpected(!before ? before.error() : after.error());
        if (i >= 0)
            empty[static_cast<std::size_t>(i)] = busy_between(*before, *after);
    }
    std::sort(empty.begin(), empty.end());
    clock.overhead_ = empty[empty.size() / 2];
    // The middle half: one window that the host disturbed says nothing about the others.
    clock.resolution_ = std::max(nanoseconds(1), empty[empty.size() * 3 / 4] - empty[empty.size() / 4]);
    return clock;
}

}  // namespace dmaload::bench
