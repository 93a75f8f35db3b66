// SPDX-License-Identifier: Apache-2.0
#include <bench/bandwidth.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace dmaload::bench {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(BenchBandwidth, MeasuresWithLessWhereThereIsLittleOrItTakesLong)
{
    EXPECT_EQ(bandwidth_bytes(512 * kMiB, false), 64 * kMiB);
    EXPECT_EQ(bandwidth_bytes(512 * kMiB - 1, false), 16 * kMiB);
    EXPECT_EQ(bandwidth_bytes(std::nullopt, false), 16 * kMiB);
    EXPECT_EQ(bandwidth_bytes(512 * kMiB, true), 16 * kMiB);
}

TEST(BenchBandwidth, BothAreThere)
{
    for (const std::uint64_t bytes : {std::uint64_t{1}, std::uint64_t{12345}, kMiB}) {
        const auto bandwidth = measure_bandwidth(bytes);
        ASSERT_TRUE(bandwidth) << bandwidth.error().message();
        EXPECT_EQ(bandwidth->bytes, bytes);
        EXPECT_GT(bandwidth->copy, 0U);
        EXPECT_GT(bandwidth->clear, 0U);
    }
}

TEST(BenchBandwidth, MoreMemoryThanThereIsIsAnError)
{
    EXPECT_FALSE(measure_bandwidth(std::numeric_limits<std::uint64_t>::max() / 2));
}

TEST(BenchBandwidth, JsonNamesTheUnit)
{
    EXPECT_EQ(to_json(Bandwidth{.bytes = 3, .copy = 1, .clear = 2}).dump(),
              R"({"bytes":3,"clear_bytes_per_s":2,"copy_bytes_per_s":1})");
}

TEST(BenchBandwidth, CalibrationIsOfThisMachine)
{
    const auto calibration = calibrate();
    EXPECT_GT(calibration.value("copy_bytes_per_s", std::uint64_t{0}), 0U) << calibration;
    EXPECT_GT(calibration.value("clear_bytes_per_s", std::uint64_t{0}), 0U) << calibration;
}

}  // namespace
}  // namespace dmaload::bench
