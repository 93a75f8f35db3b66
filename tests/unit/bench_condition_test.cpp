// SPDX-License-Identifier: Apache-2.0
#include <bench/child.hpp>
#include <bench/condition.hpp>
#include <bench/free_blocks.hpp>
#include <bench/spinners.hpp>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

namespace dmaload::bench {
namespace {

using std::chrono::milliseconds;

TEST(Buddyinfo, AddsUpTheZones)
{
    const FreeBlocks blocks = parse_free_blocks(
        "Node 0, zone      DMA      1      0      2 \n"
        "Node 0, zone   Normal     10      5      0      7 \n");
    EXPECT_EQ(blocks, (FreeBlocks{11, 5, 2, 7}));
    EXPECT_EQ(free_pages_from(blocks, 0), 11U + 10 + 8 + 56);
    EXPECT_EQ(free_pages_from(blocks, 3), 56U);
    EXPECT_EQ(free_pages_from(blocks, 4), 0U);
}

TEST(Buddyinfo, IsNothingWhereThereIsNothing)
{
    EXPECT_TRUE(parse_free_blocks("").empty());
    EXPECT_TRUE(parse_free_blocks("Node 0, zone\n").empty());
}

TEST(Buddyinfo, LeavesOutWhatIsKeptForOthers)
{
    const FreeBlocks blocks = parse_free_blocks(
        "Page block order: 9\nPages per block:  512\n\n"
        "Free pages count per migrate type at order       0      1      2\n"
        "Node    0, zone    DMA32, type    Unmovable      1      2      0\n"
        "Node    0, zone    DMA32, type      Movable >100000      0      3\n"
        "Node    0, zone    DMA32, type          CMA      7      7     13\n"
        "Node    0, zone    DMA32, type   HighAtomic      0      0      9\n"
        "Node    0, zone    DMA32, type      Isolate      1      1      1\n\n"
        "Number of blocks type     Unmovable      Movable          CMA      Isolate\n"
        "Node 0, zone    DMA32           40          800           32            1\n");
    EXPECT_EQ(blocks, (FreeBlocks{100001, 2, 3}));
}

/// Two spinners that count 100 turns in each of the 10 ms of rest.
SpinCount count(int ms, std::uint64_t first, std::uint64_t second)
{
    return {.now = milliseconds(ms), .turns = {first, second}};
}

TEST(LostTurns, AreNoneAtTheSpeedOfRest)
{
    EXPECT_EQ(lost_turns(count(0, 0, 0), count(10, 1000, 1000), count(30, 3000, 3000)), milliseconds(0));
}

TEST(LostTurns, AreSummedOverTheSpinners)
{
    // One did half of its work in 20 ms, the other none.
    EXPECT_EQ(lost_turns(count(0, 0, 0), count(10, 1000, 1000), count(30, 2000, 1000)), milliseconds(30));
}

TEST(LostTurns, OfOneAreNotMadeGoodByAnother)
{
    EXPECT_EQ(lost_turns(count(0, 0, 0), count(10, 1000, 1000), count(30, 9000, 2000)), milliseconds(10));
}

TEST(LostTurns, OfOneThatDidNothingAtRestAreUnknown)
{
    EXPECT_EQ(lost_turns(count(0, 0, 0), count(10, 0, 1000), count(30, 0, 3000)), milliseconds(0));
}

TEST(OffCpu, IsWhatTheKernelDidNotGiveThem)
{
    SpinCount before = count(0, 0, 0);
    SpinCount after = count(20, 1, 1);
    before.cpu = milliseconds(100);
    after.cpu = milliseconds(135);
    EXPECT_EQ(off_cpu(before, after), milliseconds(5));
    after.cpu = milliseconds(141);  // two clocks that are not read at once
    EXPECT_EQ(off_cpu(before, after), milliseconds(0));
}

TEST(Spinners, SpinWhileTheyLive)
{
    const auto spinners = Spinners::start();
    ASSERT_TRUE(spinners) << spinners.error().message();
    const SpinCount before = spinners->read();
    ASSERT_FALSE(before.turns.empty());
    SpinCount after = before;
    for (int i = 0; i < 1000 && after.turns.back() == before.turns.back(); ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        after = spinners->read();
    }
    EXPECT_GT(after.turns.back(), before.turns.back());
    EXPECT_GT(after.cpu, before.cpu);
}

TEST(Child, TellsWhyItsPreparationFailed)
{
    const auto child = Child::start([] { return fail("take", "all there is", ENOMEM, "Take less."); }, [] {});
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().operation, "take");
    EXPECT_EQ(child.error().object, "all there is");
    EXPECT_EQ(child.error().code, ENOMEM);
    EXPECT_EQ(child.error().advice, "Take less.");
}

TEST(Child, ThatDiesInItsPreparationIsAnError)
{
    const auto child = Child::start(
        []() -> Result<void> {
            raise(SIGKILL);
            return {};
        },
        [] {});
    EXPECT_FALSE(child);
}

TEST(Child, EndsWithItsObject)
{
    void* const memory =
        mmap(nullptr, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    auto* const pid = new (memory) std::atomic<pid_t>(0);
    {
        const auto child = Child::start(
            [&]() -> Result<void> {
                *pid = getpid();
                return {};
            },
            [] {
                for (;;)
                    pause();
            });
        ASSERT_TRUE(child) << child.error().message();
        ASSERT_NE(*pid, 0);
        EXPECT_EQ(kill(*pid, 0), 0);
    }
    EXPECT_EQ(kill(*pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
    munmap(memory, sizeof(pid_t));
}

TEST(Condition, OfNothingObservesNothing)
{
    auto condition = Condition::create({}, "system");
    ASSERT_TRUE(condition) << condition.error().message();
    EXPECT_TRUE(condition->description().empty());
    const auto before = condition->before();
    ASSERT_TRUE(before) << before.error().message();
    const Observed observed = condition->after(*before);
    EXPECT_FALSE(observed.neighbours_lost);
    EXPECT_FALSE(observed.large_free_pages);
}

TEST(Condition, BusyIsObserved)
{
    auto condition = Condition::create({.busy = true}, "system");
    ASSERT_TRUE(condition) << condition.error().message();
    EXPECT_GT(condition->description()["spinners"], 0);
    const auto before = condition->before();
    ASSERT_TRUE(before) << before.error().message();
    const Observed observed = condition->after(*before);
    EXPECT_TRUE(observed.neighbours_lost);
    EXPECT_TRUE(observed.neighbours_off_cpu);
}

}  // namespace
}  // namespace dmaload::bench
