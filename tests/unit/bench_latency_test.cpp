// SPDX-License-Identifier: Apache-2.0
#include <bench/latency.hpp>
#include <bench/report_group.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::StartsWith;

/// Loads of 1, 2, 3 ... milliseconds.
Row row_of(int loads)
{
    nlohmann::json result = testing::empty_result();
    testing::add_samples(
        result, {.method = "udmabuf", .mode = "direct", .first_ns = 1e6, .step_ns = 1e6, .rounds = loads});
    const auto groups = analyse(result);
    EXPECT_TRUE(groups);
    return groups ? groups->front().rows.front() : Row();
}

TEST(BenchLatency, FewLoadsHaveNoBand)
{
    EXPECT_FALSE(band_of(row_of(29)));
    EXPECT_TRUE(band_of(row_of(30)));
}

TEST(BenchLatency, BandIsThatOfTheLoads)
{
    const auto band = band_of(row_of(40));
    ASSERT_TRUE(band);
    EXPECT_DOUBLE_EQ(band->min, 1e6);
    EXPECT_DOUBLE_EQ(band->p50, 20.5e6);
    EXPECT_DOUBLE_EQ(band->p95, 38e6);
    EXPECT_DOUBLE_EQ(band->max, 40e6);
    EXPECT_EQ(band->count, 40U);
}

TEST(BenchLatency, DeadlineIsMetAlwaysSometimesOrNever)
{
    const Row row = row_of(30);
    EXPECT_EQ(meets(row, milliseconds(30)), Meets::always);
    EXPECT_EQ(meets(row, milliseconds(29)), Meets::sometimes);
    EXPECT_EQ(loads_within(row, milliseconds(29)), 29U);
    EXPECT_EQ(meets(row, milliseconds(1)), Meets::sometimes);
    EXPECT_EQ(meets(row, std::chrono::microseconds(999)), Meets::never);
    EXPECT_EQ(meets(row_of(29), milliseconds(500)), Meets::unknown);
}

TEST(BenchLatency, AnswerSaysHowManyLoadsAreBehindIt)
{
    EXPECT_EQ(describe_meets(row_of(30), milliseconds(29)), "sometimes (29 of 30)");
    EXPECT_EQ(describe_meets(row_of(15), milliseconds(12)), "too few loads (15 of 30); 12 within");
}

TEST(BenchLatency, DeadlineListsAllRowsAndWithoutOneALineSaysWhoIsLeftOut)
{
    Group group;
    group.rows = {row_of(30), row_of(15)};
    const Table all = latency_table(group, milliseconds(12));
    EXPECT_THAT(all.rows,
                ElementsAre(ElementsAre("method", "loads", "min", "p50", "p95", "max", "within 12.0 ms"),
                            ElementsAre("udmabuf direct", "30", "1.00 ms", "15.5 ms", "29.0 ms", "30.0 ms",
                                        "sometimes (12 of 30)"),
                            ElementsAre("udmabuf direct", "15", "-", "-", "-", "-",
                                        "too few loads (15 of 30); 12 within")));
    EXPECT_EQ(latency_table(group, std::nullopt).rows.size(), 2U);
    EXPECT_THAT(latency_note(group), StartsWith("1 of 2 rows have fewer than 30 loads"));

    group.rows.erase(group.rows.begin());
    EXPECT_EQ(latency_table(group, std::nullopt).rows.size(), 1U);
    EXPECT_EQ(latency_note(group), "");
}

TEST(BenchLatency, FailedLoadHasNotMetIt)
{
    Row row = row_of(30);
    row.failed = 1;
    EXPECT_EQ(meets(row, milliseconds(30)), Meets::sometimes);
}

TEST(BenchLatency, LoadsThatWereNotColdDoNotCount)
{
    Row row = row_of(30);
    row.points[3].not_cold = "why";
    EXPECT_FALSE(band_of(row));
}

}  // namespace
}  // namespace dmaload::bench
