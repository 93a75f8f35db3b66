// SPDX-License-Identifier: Apache-2.0
#include <bench/fio.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

// As fio 3.33 prints it, cut to what is looked at and its neighbours.
constexpr const char* kOutput = R"(fio: this platform does not support process shared mutexes
{
  "fio version" : "fio-3.33",
  "jobs" : [
    {
      "jobname" : "direct",
      "error" : 0,
      "read" : {"io_bytes" : 268435456, "io_kbytes" : 262144, "bw_bytes" : 2885886516, "runtime" : 93},
      "write" : {"io_bytes" : 0, "runtime" : 0}
    }
  ]
})";

TEST(BenchFio, TimeIsThatOfTheReads)
{
    const auto time = fio_time(kOutput, 268435456);
    ASSERT_TRUE(time) << time.error().message();
    EXPECT_EQ(*time, 93ms);
}

TEST(BenchFio, NumbersThatAreNoTimesAreErrors)
{
    const auto output = [](const std::string& bytes, const std::string& runtime) {
        return R"({"jobs" : [{"read" : {"io_bytes" : )" + bytes + R"(, "runtime" : )" + runtime + "}}]}";
    };
    EXPECT_TRUE(fio_time(output("512", "1"), 512));
    for (const char* runtime : {"-1", "1.5", "1e300", "9300000000000", "18446744073709551615", "\"1\""})
        EXPECT_FALSE(fio_time(output("512", runtime), 512)) << runtime;
    for (const char* bytes : {"512.5", "-1e300", "\"512\""})
        EXPECT_FALSE(fio_time(output(bytes, "1"), 512)) << bytes;
}

TEST(BenchFio, APartOfTheFileIsNoResult)
{
    const auto time = fio_time(kOutput, 268435457);
    ASSERT_FALSE(time);
    EXPECT_THAT(time.error().message(), ::testing::HasSubstr("268435456 of 268435457"));
}

TEST(BenchFio, OtherOutputIsAnError)
{
    for (const char* output : {"", "fio: no such file", "{", "{}", R"({"jobs": []})",
                               R"({"jobs": [{"read": {"io_bytes": "1", "runtime": 1}}]})"})
        EXPECT_FALSE(fio_time(output, 1)) << output;
}

TEST(BenchFio, WhatFioSaysIsPassedOn)
{
    const auto run = run_fio("/no such/job's.fio", {.path = "/dev/null", .size = 1});
    ASSERT_FALSE(run);
    EXPECT_THAT(run.error().message(), ::testing::HasSubstr("job"));
}

}  // namespace
}  // namespace dmaload::bench
