// SPDX-License-Identifier: Apache-2.0
#include <bench/progress.hpp>
#include <bench/units.hpp>

#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

TEST(BenchUnits, ParsesSizesAndRates)
{
    EXPECT_EQ(parse_size("512K"), 512U * 1024);
    EXPECT_EQ(parse_size("8M"), std::uint64_t{8} << 20);
    EXPECT_EQ(parse_size("1.5G"), std::uint64_t{3} << 29);
    EXPECT_EQ(parse_size("4097"), 4097U);
    EXPECT_EQ(parse_size("256MiB"), std::uint64_t{256} << 20);
    EXPECT_EQ(parse_rate("800M"), 800'000'000U);
    EXPECT_EQ(parse_rate("1.05g"), 1'050'000'000U);
    for (const char* wrong : {"", "K", "-1", "5X", "5KX", "1e30", "nan", "infK"})
        EXPECT_FALSE(parse_size(wrong)) << wrong;
}

TEST(BenchUnits, ParsesTimes)
{
    EXPECT_EQ(parse_time("2s"), 2s);
    EXPECT_EQ(parse_time("1.5 s"), 1500ms);
    EXPECT_EQ(parse_time("500ms"), 500ms);
    for (const char* wrong : {"", "2", "s", "-1s", "2 min", "2sx", "1e12s", "nan s", "inf s"})
        EXPECT_FALSE(parse_time(wrong)) << wrong;
}

TEST(BenchUnits, FormatsForPeople)
{
    EXPECT_EQ(format_size(512 << 10), "512 KB");
    EXPECT_EQ(format_size(256 << 20), "256 MB");
    EXPECT_EQ(format_size(4097), "4097 B");
    EXPECT_EQ(format_size(1), "1 B");
    EXPECT_EQ(format_rate(1'050'000'000), "1.05 GB/s");
    EXPECT_EQ(format_rate(250'000'000), "250 MB/s");
    EXPECT_EQ(format_time(512'000), "0.512 ms");
    EXPECT_EQ(format_time(1'234'000), "1.23 ms");
    EXPECT_EQ(format_time(12'340'000), "12.3 ms");
    EXPECT_EQ(format_time(268'400'000), "268 ms");
    EXPECT_EQ(format_time(1'352'000'000), "1.35 s");
    EXPECT_EQ(format_duration(125s), "2 min 05 s");
    EXPECT_EQ(format_duration(1ms), "1 s");
}

}  // namespace
}  // namespace dmaload::bench
