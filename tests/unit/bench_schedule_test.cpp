// SPDX-License-Identifier: Apache-2.0
#include <bench/schedule.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

struct Seen {
    Schedule::Turn turn;
    std::chrono::nanoseconds left{};
};

/// Runs a schedule whose turns take one second each.
std::vector<Seen> play(Schedule& schedule, const std::function<double(const Schedule::Turn&)>& value)
{
    std::vector<Seen> seen;
    std::chrono::nanoseconds elapsed{};
    while (const auto turn = schedule.next(elapsed)) {
        seen.push_back({*turn, schedule.time_left(elapsed)});
        elapsed += 1s;
        schedule.record(*turn, value(*turn), 1s);
        if (seen.size() > 10000) {
            ADD_FAILURE() << "the schedule does not end";
            break;
        }
    }
    return seen;
}

const std::vector<ScheduledCell> kThree = {{0, 512}, {1, 512}, {2, 512}};

double constant(const Schedule::Turn&)
{
    return 100;
}

TEST(BenchSchedule, TwoWarmUpsThenTheLeastNumberOfRounds)
{
    Schedule schedule(kThree, Plan{}, 1);
    const auto seen = play(schedule, constant);
    ASSERT_EQ(seen.size(), 3U * (2 + 7));
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i].turn.warm_up, i < 3 ? 1 : i < 6 ? 2 : 0);
        EXPECT_EQ(seen[i].turn.round, i < 6 ? 0 : static_cast<int>(i / 3) - 1);
    }
    EXPECT_FALSE(schedule.budget_spent());
}

TEST(BenchSchedule, EveryRoundHoldsEveryCellOnceInChangingOrder)
{
    Schedule schedule({{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}}, Plan{}, 3);
    std::map<int, std::vector<std::size_t>> rounds;
    for (const Seen& seen : play(schedule, constant))
        rounds[seen.turn.round * 10 + seen.turn.warm_up].push_back(seen.turn.cell);
    std::set<std::vector<std::size_t>> orders;
    for (const auto& [round, cells] : rounds) {
        EXPECT_EQ(std::set<std::size_t>(cells.begin(), cells.end()).size(), 5U);
        EXPECT_EQ(cells.size(), 5U);
        orders.insert(cells);
    }
    EXPECT_GT(orders.size(), 3U);
}

TEST(BenchSchedule, SameSeedSameOrder)
{
    Schedule a(kThree, Plan{}, 9);
    Schedule b(kThree, Plan{}, 9);
    const auto first = play(a, constant);
    const auto second = play(b, constant);
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i)
        EXPECT_EQ(first[i].turn.cell, second[i].turn.cell);
}

TEST(BenchSchedule, NoisyCellsGetMoreRoundsUpToTheMost)
{
    Plan plan;
    plan.budget = 1h;
    Schedule schedule(kThree, plan, 1);
    Random random(1);
    const auto seen = play(
        schedule, [&](const Schedule::Turn&) { return 100.0 + static_cast<double>(random.below(1000)); });
    EXPECT_EQ(seen.back().turn.round, 40);
}

TEST(BenchSchedule, ASizeThatIsPreciseEndsAlone)
{
    Plan plan;
    plan.budget = 1h;
    Schedule schedule({{0, 512}, {1, 4096}, {2, 4096}}, plan, 1);
    Random random(1);
    std::map<std::size_t, int> last;
    for (const Seen& seen : play(schedule, [&](const Schedule::Turn& turn) {
             return turn.cell == 1 ? 100.0 + static_cast<double>(random.below(1000)) : 100.0;
         }))
        last[seen.turn.cell] = seen.turn.round;
    EXPECT_EQ(last[0], 7);
    EXPECT_EQ(last[1], 40);
    EXPECT_EQ(last[2], 40) << "cells of one size end together, for the ratios within a round";
}

TEST(BenchSchedule, BudgetBoundsRoundsBeyondTheLeast)
{
    Plan plan;
    plan.budget = 35s;  // 27 turns are the least; 30 and 33 fit
    Schedule schedule(kThree, plan, 1);
    Random random(1);
    const auto seen = play(
        schedule, [&](const Schedule::Turn&) { return 100.0 + static_cast<double>(random.below(1000)); });
    EXPECT_EQ(seen.back().turn.round, 9);
    EXPECT_TRUE(schedule.budget_spent());

    plan.budget = 1s;
    Schedule tight(kThree, plan, 1);
    EXPECT_EQ(
        play(tight, [&](const Schedule::Turn&) { return 100.0 + static_cast<double>(random.below(1000)); })
            .back()
            .turn.round,
        7);
}

TEST(BenchSchedule, DroppedCellsDoNotComeAgain)
{
    Schedule schedule(kThree, Plan{}, 1);
    int of_one = 0;
    for (const Seen& seen : play(schedule, [&](const Schedule::Turn& turn) {
             if (turn.cell == 1)
                 schedule.drop(1);
             return 100.0;
         }))
        of_one += seen.turn.cell == 1 ? 1 : 0;
    EXPECT_EQ(of_one, 1);
}

TEST(BenchSchedule, NothingToDoEndsAtOnce)
{
    Schedule schedule({}, Plan{}, 1);
    EXPECT_FALSE(schedule.next(0s));
}

TEST(BenchSchedule, TimeLeftShrinksToNothing)
{
    Plan plan;
    plan.max_rounds = 7;
    Schedule schedule(kThree, plan, 1);
    const auto seen = play(schedule, constant);
    // From the second warm-up on each cell's cost is known, and exact here.
    for (std::size_t i = 3; i < seen.size(); ++i)
        EXPECT_EQ(seen[i].left, std::chrono::seconds(seen.size() - i)) << i;
}

}  // namespace
}  // namespace dmaload::bench
