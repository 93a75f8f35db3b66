// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <gtest/gtest.h>

namespace dmaload::cli {
namespace {

using std::chrono::nanoseconds;

TEST(Output, SizesHaveThreeDigits)
{
    EXPECT_EQ(format_size(0), "0 B");
    EXPECT_EQ(format_size(999), "999 B");
    EXPECT_EQ(format_size(1000), "1.00 KB");
    EXPECT_EQ(format_size(268435456), "268 MB");
    EXPECT_EQ(format_size(1'400'000'000), "1.40 GB");
}

TEST(Output, DurationsHaveAUnit)
{
    EXPECT_EQ(format_duration(nanoseconds(0)), "0 ns");
    EXPECT_EQ(format_duration(nanoseconds(1'500)), "1.50 us");
    EXPECT_EQ(format_duration(nanoseconds(12'340'000)), "12.3 ms");
    EXPECT_EQ(format_duration(nanoseconds(2'108'419'923)), "2.11 s");
}

TEST(Output, RateOfNoTimeIsNotInfinite)
{
    EXPECT_EQ(format_rate(100, nanoseconds(0)), "-");
    EXPECT_EQ(format_rate(2'000'000'000, nanoseconds(1'000'000'000)), "2.00 GB/s");
}

TEST(Output, TableColumnsAreAsWideAsTheirWidestCell)
{
    EXPECT_EQ(format_table({{"A", "LONG"}, {"longer", "x"}, {"", "y"}}),
              "A       LONG\nlonger  x\n        y\n");
    EXPECT_EQ(format_table({{"A", "B"}, {"x", ""}}), "A  B\nx\n");
}

}  // namespace
}  // namespace dmaload::cli
