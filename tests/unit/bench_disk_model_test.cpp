// SPDX-License-Identifier: Apache-2.0
#include <bench/disk_model.hpp>
#include <bench/results.hpp>
#include <bench/table.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// A line that scripts/bench appends to the journal of a boot.
json record(const char* scenario, double in_time)
{
    return {{"kind", "disk_model"},  {"scenario", scenario},     {"disk", 0},
            {"reads", 4242},         {"in_time_share", in_time}, {"late_limit_ns", 500000},
            {"max_late_ns", 15.8e6}, {"realtime", true}};
}

TEST(BenchDiskModel, EachBootHasARow)
{
    const json result = assemble(std::vector{record("half", 0.99871), record("quarter", 1)});
    ASSERT_THAT(result["disk_model"], SizeIs(2));
    const auto cells = disk_model_cells(result);
    ASSERT_THAT(cells, SizeIs(3));
    EXPECT_THAT(cells[1], ElementsAre("half", "4242", "99.87 %", "0.500 ms", "15.8 ms", "yes"));
    EXPECT_THAT(disk_model_warnings(result), IsEmpty());
}

TEST(BenchDiskModel, WarnsOfOneThatWasLateTooOften)
{
    const json result = assemble(std::vector{record("half", 0.99), record("quarter", 0.9899)});
    ASSERT_THAT(disk_model_warnings(result), SizeIs(1));
    EXPECT_THAT(disk_model_warnings(result)[0],
                StartsWith("warning: quarter: the disk model answered only 98.99 % of its requests in time"));
    EXPECT_THAT(render_table({}, result), HasSubstr("warning: quarter: the disk model"));
}

TEST(BenchDiskModel, OldResultsSayNothingOfIt)
{
    EXPECT_THAT(disk_model_cells(testing::empty_result()), SizeIs(1));
    EXPECT_THAT(disk_model_warnings(testing::empty_result()), IsEmpty());
}

}  // namespace
}  // namespace dmaload::bench
