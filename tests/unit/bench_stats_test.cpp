// SPDX-License-Identifier: Apache-2.0
#include <bench/stats.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace dmaload::bench {
namespace {

TEST(BenchStats, MedianOfOddAndEvenCounts)
{
    EXPECT_DOUBLE_EQ(median(std::vector<double>{3, 1, 2}), 2);
    EXPECT_DOUBLE_EQ(median(std::vector<double>{4, 1, 3, 2}), 2.5);
    EXPECT_DOUBLE_EQ(median(std::vector<double>{7}), 7);
    EXPECT_DOUBLE_EQ(median(std::vector<double>{}), 0);
}

TEST(BenchStats, QuantileIsOneOfTheValues)
{
    const std::vector<double> values = {5, 1, 4, 2, 3};
    EXPECT_DOUBLE_EQ(quantile(values, 0.2), 1);
    EXPECT_DOUBLE_EQ(quantile(values, 0.21), 2);
    EXPECT_DOUBLE_EQ(quantile(values, 0.95), 5);
    EXPECT_DOUBLE_EQ(quantile(values, 1), 5);
    EXPECT_DOUBLE_EQ(quantile(std::vector<double>{}, 0.5), 0);
}

TEST(BenchStats, RandomIsTheSameForTheSameSeed)
{
    Random a(42);
    Random b(42);
    Random c(43);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const auto value = a.next();
        EXPECT_EQ(value, b.next());
        differs = differs || value != c.next();
    }
    EXPECT_TRUE(differs);
}

TEST(BenchStats, RandomBelowIsUniform)
{
    Random random(1);
    std::array<int, 7> counts{};
    for (int i = 0; i < 70000; ++i)
        ++counts.at(random.below(counts.size()));
    for (const int count : counts)
        EXPECT_NEAR(count, 10000, 400);
}

TEST(BenchStats, IntervalHoldsTheMedianAndIsReproducible)
{
    const std::vector<double> values = {10, 12, 11, 14, 9, 13, 11.5, 10.5, 12.5};
    const Estimate first = estimate(values, 5);
    const Estimate second = estimate(values, 5);
    EXPECT_DOUBLE_EQ(first.low, second.low);
    EXPECT_DOUBLE_EQ(first.high, second.high);
    EXPECT_LE(first.low, first.median);
    EXPECT_GE(first.high, first.median);
    EXPECT_GE(first.low, 9);
    EXPECT_LE(first.high, 14);
    EXPECT_EQ(first.count, values.size());
}

TEST(BenchStats, EqualValuesGiveAnIntervalWithoutWidth)
{
    const Estimate equal = estimate(std::vector<double>(9, 5.0));
    EXPECT_DOUBLE_EQ(equal.relative_width(), 0);
    EXPECT_DOUBLE_EQ(equal.median, 5);
}

TEST(BenchStats, IntervalCoversTheTrueMedianAboutAsOftenAsItSays)
{
    Random random(7);
    int covered = 0;
    constexpr int kTrials = 200;
    for (int trial = 0; trial < kTrials; ++trial) {
        std::vector<double> values(15);
        for (double& value : values)
            value = static_cast<double>(random.below(1000001));  // median 500000
        const Estimate result = estimate(values, random.next());
        covered += result.low <= 500000 && 500000 <= result.high ? 1 : 0;
    }
    // A percentile bootstrap of 15 values is a little too narrow.
    EXPECT_GE(covered, kTrials * 85 / 100);
}

TEST(BenchStats, RatioIsTakenWithinRounds)
{
    // Both get ten times slower from round to round; the ratio does not move.
    const Rounds slow = {{1, 20}, {2, 200}, {3, 2000}};
    const Rounds fast = {{1, 10}, {2, 100}, {3, 1000}};
    const Estimate ratio = paired_ratio(slow, fast);
    EXPECT_DOUBLE_EQ(ratio.median, 2);
    EXPECT_DOUBLE_EQ(ratio.low, 2);
    EXPECT_DOUBLE_EQ(ratio.high, 2);
}

TEST(BenchStats, RatioLeavesOutRoundsThatOneSideMisses)
{
    const Rounds numerator = {{1, 20}, {3, 90}, {4, 8}};
    const Rounds denominator = {{1, 10}, {2, 1}, {3, 30}, {4, 0}};
    EXPECT_EQ(paired_ratio(numerator, denominator).count, 2U);
    EXPECT_EQ(paired_ratio(numerator, {}).count, 0U);
}

TEST(BenchStats, IntervalsThatTouchOverlap)
{
    EXPECT_TRUE(overlap({.median = 2, .low = 1, .high = 3}, {.median = 4, .low = 3, .high = 5}));
    EXPECT_FALSE(overlap({.median = 2, .low = 1, .high = 3}, {.median = 4, .low = 3.1, .high = 5}));
}

}  // namespace
}  // namespace dmaload::bench
