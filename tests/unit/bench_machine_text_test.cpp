// SPDX-License-Identifier: Apache-2.0
#include <bench/machine_text.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace dmaload::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BenchMachineText, FieldIsTheFirstThatHasAValue)
{
    constexpr const char* info =
        "processor\t: 0\nmodel name\t:\nmodel name\t: A CPU: fast\nmodel name\t: B\n";
    EXPECT_EQ(parse_field(info, "model name"), "A CPU: fast");
    EXPECT_EQ(parse_field(info, "processor"), "0");
    EXPECT_EQ(parse_field(info, "CPU part"), "");
    EXPECT_EQ(parse_field("model name", "model name"), "");
    EXPECT_EQ(parse_field("", "model name"), "");
}

TEST(BenchMachineText, AutoInitIsTheRestOfItsLine)
{
    EXPECT_EQ(parse_auto_init("<6>[0.1] a\n<6>[0.2] mem auto-init: stack:off, heap alloc:on\n<6>[0.3] b\n"),
              "stack:off, heap alloc:on");
    EXPECT_EQ(parse_auto_init("mem auto-init: stack:off"), "stack:off");
    EXPECT_EQ(parse_auto_init("mem auto-init: "), "");
    EXPECT_EQ(parse_auto_init("mem auto-init:"), "");
    EXPECT_EQ(parse_auto_init(""), "");
}

TEST(BenchMachineText, SwapsAreThoseBelowTheHeading)
{
    EXPECT_THAT(parse_swaps("Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n"
                            "/dev/zram0                              partition\t8388604\t\t0\t\t100\n"
                            "/swap\\040file file 1024 0 -2\n"),
                ElementsAre("/dev/zram0", "/swap\\040file"));
    EXPECT_THAT(parse_swaps("Filename\tType\tSize\tUsed\tPriority\n"), IsEmpty());
    EXPECT_THAT(parse_swaps(""), IsEmpty());
}

TEST(BenchMachineText, TicksAreThoseOfAllCpus)
{
    const Ticks ticks = parse_ticks("cpu  100 1 50 800 50 2 3 7 900 900\ncpu0 50 0 25 400 25 0 0 0 0 0\n");
    EXPECT_EQ(ticks.all, 1013U);  // guests' time is in user's
    EXPECT_EQ(ticks.idle, 850U);
    EXPECT_EQ(ticks.steal, 7U);
    EXPECT_EQ(parse_ticks("").all, 0U);
    EXPECT_EQ(parse_ticks("cpu x 1").all, 1U);
}

TEST(BenchMachineText, LoadAverageIsAFiniteNumber)
{
    EXPECT_DOUBLE_EQ(parse_load_average("1.25 0.50 0.10 2/345 6789\n"), 1.25);
    for (const char* text : {"", "x", "nan 0 0", "inf 0 0", "-1 0 0", "1e999 0 0"})
        EXPECT_DOUBLE_EQ(parse_load_average(text), 0) << text;
}

TEST(BenchMachineText, MegabytesAreNotLessThanTheySay)
{
    EXPECT_EQ(parse_megabytes("64\n"), std::uint64_t{64} << 20U);
    EXPECT_EQ(parse_megabytes("17592186044416"), ~std::uint64_t{0} >> 20U << 20U);
    EXPECT_EQ(parse_megabytes(""), std::nullopt);
    EXPECT_EQ(parse_megabytes("-1\n"), std::nullopt);
}

}  // namespace
}  // namespace dmaload::bench
