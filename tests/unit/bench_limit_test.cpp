// SPDX-License-Identifier: Apache-2.0
#include <bench/analysis.hpp>
#include <bench/limit.hpp>

#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

TEST(BenchLimit, DiskModelIsSizeByRatePlusLatency)
{
    const DiskModel disk{.rate = 400'000'000, .latency = 500us};
    EXPECT_EQ(disk.time_for(268'435'456), 671'088'640ns + 500us);
    EXPECT_EQ(disk.time_for(0), 500us);
    // Beyond what fits into an integer multiplication by 10^9.
    EXPECT_EQ(DiskModel{.rate = 1'000'000'000}.time_for(50'000'000'000), 50s);
    EXPECT_EQ(DiskModel{.rate = 1}.time_for(~std::uint64_t{0}), 9'000'000'000s) << "beyond 64 bits";
}

TEST(BenchLimit, ReaderSettingsDifferOnTheFile)
{
    EXPECT_EQ(reader_settings(std::uint64_t{256} << 20).size(), 4U);
    const auto small = reader_settings(512 << 10);
    ASSERT_FALSE(small.empty());
    for (std::size_t i = 0; i + 1 < small.size(); ++i)
        EXPECT_LT(small[i].block, std::uint64_t{512} << 10);
    EXPECT_EQ(reader_settings(1).size(), 1U);
}

TEST(BenchLimit, SmallestColdRunOfThatSizeCounts)
{
    const DiskModel disk{.rate = 1'000'000'000};
    const ReaderSetting setting{.block = 1 << 20, .depth = 8};
    const std::vector<ReaderRun> runs = {
        {.size = 1000, .setting = setting, .total = 900ns, .cold = false},
        {.size = 2000, .setting = setting, .total = 10ns, .cold = true},
        {.size = 1000, .setting = setting, .total = 1200ns, .cold = true},
    };
    const auto model = smallest(1000, disk, runs);
    ASSERT_TRUE(model);
    EXPECT_EQ(model->total, 1000ns);
    EXPECT_EQ(model->by, "disk model");

    const auto reader = smallest(1000, std::nullopt, runs);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->total, 1200ns);
    EXPECT_EQ(reader->by, "io_uring reader, 1 MB x 8 in flight");
    EXPECT_FALSE(smallest(3000, std::nullopt, runs));
}

TEST(BenchLimit, PhoneLikeRateIsFourTimesNormalRoundedTo50MBs)
{
    // 256 MB in 1 s: 268 MB/s, four times that is 1074.
    EXPECT_EQ(phone_like_rate(268'435'456, 1e9), 1'050'000'000U);
    EXPECT_EQ(phone_like_rate(268'435'456, 268'435'456.0), 4'000'000'000U);
    EXPECT_EQ(phone_like_rate(1, 1e9), 50'000'000U);
    EXPECT_EQ(phone_like_rate(1, 0), 0U);
    EXPECT_EQ(phone_like_rate(268'435'456, 1e-300), 1'000'000'000'000'000U);
}

}  // namespace
}  // namespace dmaload::bench
