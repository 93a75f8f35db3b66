// SPDX-License-Identifier: Apache-2.0
#include <bench/cpu_time.hpp>

#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTimerList =
    "Timer List Version: v0.10\n"
    "HRTIMER_MAX_CLOCK_BASES: 8\n"
    "now at 871982000849 nsecs\n"
    "\n"
    "cpu: 0\n"
    " clock 0:\n"
    "  .base:       00000000ef8f54ae\n"
    " # expires at 871984000000-871984000000 nsecs [in 1999151 to 1999151 nsecs]\n"
    "  .idle_sleeps    : 52636\n"
    "  .idle_entrytime : 871981000000 nsecs\n"
    "  .idle_sleeptime : 387590095202 nsecs\n"
    "  .iowait_sleeptime: 1000 nsecs\n"
    "cpu: 1\n"
    "  .idle_sleeptime : 362824770262 nsecs\n"
    "  .iowait_sleeptime: 2000 nsecs\n";

TEST(BenchCpuTime, ParsesTimerList)
{
    const auto reading = parse_timer_list(kTimerList);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->cpus, 2);
    EXPECT_EQ(reading->now, 871982000849ns);
    EXPECT_EQ(reading->idle, 387590095202ns + 362824770262ns + 3000ns);
}

TEST(BenchCpuTime, TimerListWithoutIdleTimesIsAnError)
{
    EXPECT_FALSE(parse_timer_list("now at 5 nsecs\ncpu: 0\n"));
    EXPECT_FALSE(parse_timer_list(""));
    EXPECT_FALSE(parse_timer_list("  .idle_sleeptime : 5 nsecs\n"));
}

TEST(BenchCpuTime, NumbersOfTimerListMayBeAny)
{
    const auto reading = parse_timer_list(
        "now at 9223372036854775807 nsecs\n"
        "  .idle_sleeptime : 9223372036854775807 nsecs\n  .iowait_sleeptime: 9223372036854775807 nsecs\n");
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->cpus, 1);
}

TEST(BenchCpuTime, ParsesProcStat)
{
    // 100 + 0 + 50 busy, 800 + 50 idle, on two CPUs, in ticks of 10 ms.
    const auto reading = parse_proc_stat(
        "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 50 0 25 400 25 0 0 0 0 0\ncpu1 50 0 25 400 25 0 0 0 0 0\nintr 5\n",
        10ms);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->cpus, 2);
    EXPECT_EQ(reading->idle, 8500ms);
    EXPECT_EQ(reading->now * 2, 10s);
    EXPECT_FALSE(parse_proc_stat("", 10ms));
    EXPECT_FALSE(parse_proc_stat("cpu  1 2\n", 10ms));
}

TEST(BenchCpuTime, StealIsTheEighthNumberOfAllCpusTogether)
{
    EXPECT_EQ(parse_steal("cpu  1 2 3 4 5 6 7 38 9 10\ncpu0 1 2 3 4 5 6 7 99 9 10\n", 10ms), 380ms);
    EXPECT_EQ(parse_steal("cpu  1 2 3 4 5 6 7 0 0 0", 10ms), 0ms);
    EXPECT_FALSE(parse_steal("cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7 8\n", 10ms)) << "an old kernel's line";
    EXPECT_FALSE(parse_steal("cpu0 1 2 3 4 5 6 7 8\n", 10ms));
    EXPECT_FALSE(parse_steal("", 10ms));
}

TEST(BenchCpuTime, ThisMachinesStealDoesNotShrink)
{
    const auto before = read_steal();
    const auto after = read_steal();
    ASSERT_TRUE(before && after);
    EXPECT_GE(*before, 0ns);
    EXPECT_GE(*after, *before);
}

TEST(BenchCpuTime, BusyIsWhatIsNotIdle)
{
    const IdleReading before{.idle = 10s, .now = 100s, .cpus = 2};
    const IdleReading after{.idle = 11500ms, .now = 101s, .cpus = 2};
    EXPECT_EQ(busy_between(before, after), 500ms);
    // Idle time may be told a little late; time does not run backwards.
    const IdleReading late{.idle = 12100ms, .now = 101s, .cpus = 2};
    EXPECT_EQ(busy_between(before, late), 0ns);
}

TEST(BenchCpuTime, ProcStatReadingsGiveBusyTime)
{
    const auto before =
        parse_proc_stat("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1\ncpu1 1 1 1 1 1 1 1 1\n", 10ms);
    const auto after =
        parse_proc_stat("cpu  130 0 60 850 60 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1\ncpu1 1 1 1 1 1 1 1 1\n", 10ms);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(busy_between(*before, *after), 400ms);
}

}  // namespace
}  // namespace dmaload::bench
