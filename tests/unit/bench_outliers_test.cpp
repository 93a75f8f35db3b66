// SPDX-License-Identifier: Apache-2.0
#include <bench/outliers.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Ten quiet rounds of four methods; what a test spoils is the first method's.
class BenchOutliers : public ::testing::Test {
protected:
    void SetUp() override
    {
        for (const char* method : {"udmabuf", "alloc-read", "copy", "splice"})
            testing::add_samples(
                result_,
                {.method = method, .mode = "direct", .first_ns = 300e6, .step_ns = 1e5, .rounds = 10});
    }
    json& sample(std::size_t round) { return result_["samples"][round - 1]; }
    std::vector<Outlier> found()
    {
        const auto groups = analyse(result_);
        EXPECT_TRUE(groups);
        return groups ? find_outliers(groups->front()) : std::vector<Outlier>();
    }

    json result_ = testing::empty_result();
};

TEST_F(BenchOutliers, QuietRoundsHaveNone)
{
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(BenchOutliers, LittleOffTheMedianIsNone)
{
    // Far beyond the quartiles, which are close together, but not 5 %.
    sample(4)["total_ns"] = 309e6;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(BenchOutliers, QuickOnesAreFoundAsWell)
{
    sample(4)["total_ns"] = 100e6;
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].reason, "no reason to be seen");
}

TEST_F(BenchOutliers, TellsWhichOneItIs)
{
    sample(4)["total_ns"] = 900e6;
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].row, "udmabuf direct");
    EXPECT_EQ(found()[0].round, 4);
    EXPECT_EQ(describe(found()[0]), "round 4: 900 ms, 2.99 times the median: no reason to be seen");
}

TEST_F(BenchOutliers, SeesTheDiskReadingMore)
{
    for (std::size_t round = 1; round <= 10; ++round)
        sample(round)["device_read_bytes"] = 268435456;
    sample(4)["total_ns"] = 900e6;
    sample(4)["device_read_bytes"] = 268435456 + (50 << 20);
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].reason, "the disk read 50 MB more than usual");
}

TEST_F(BenchOutliers, SeesMoreCpuTimeAndClaimsNoCause)
{
    sample(4)["total_ns"] = 900e6;
    sample(4)["cpu_ns"] = 501e6;
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].reason, "500 ms more CPU time than usual: more work, or slower CPUs");
}

TEST_F(BenchOutliers, SeesStealTime)
{
    sample(4)["total_ns"] = 900e6;
    sample(4)["steal_ns"] = 550e6;
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].reason, "the host kept the CPUs to itself for 550 ms");
    sample(4)["steal_ns"] = 1e6;
    EXPECT_EQ(found()[0].reason, "no reason to be seen");
}

TEST_F(BenchOutliers, SeesThatAWholeRoundWasSlow)
{
    for (json& one : result_["samples"]) {
        if (one["round"] == 7)
            one["total_ns"] = 600e6;
    }
    ASSERT_THAT(found(), SizeIs(4));
    EXPECT_THAT(found()[0].reason, HasSubstr("the whole round was slow (others 2.0 times"));
}

TEST_F(BenchOutliers, NamesWhatWasNotCold)
{
    sample(2)["cold"] = false;
    sample(2)["not_cold"] = "4096 bytes were there";
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_EQ(found()[0].reason, "not cold, left out: 4096 bytes were there");
}

TEST_F(BenchOutliers, FewSamplesHaveNoneButThoseNotCold)
{
    result_ = testing::empty_result();
    testing::add_samples(result_, {.method = "udmabuf", .mode = "direct", .first_ns = 300e6, .rounds = 6});
    sample(2)["total_ns"] = 3000e6;
    EXPECT_THAT(found(), IsEmpty());
    sample(3)["cold"] = false;
    ASSERT_THAT(found(), SizeIs(1));
    EXPECT_THAT(found()[0].reason, StartsWith("not cold"));
}

}  // namespace
}  // namespace dmaload::bench
