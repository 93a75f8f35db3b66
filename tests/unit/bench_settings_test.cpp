// SPDX-License-Identifier: Apache-2.0
#include <bench/settings_run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace dmaload::bench {
namespace {

using std::chrono::nanoseconds;

TEST(BenchSettings, TheShortestLoadOfAllDecides)
{
    const std::vector<TriedSetting> tried = {
        {.loads = {nanoseconds(30), nanoseconds(31)}},
        {.loads = {nanoseconds(90), nanoseconds(20)}},  // the machine was disturbed once
        {.loads = {}},                                  // it failed
    };
    EXPECT_EQ(best_of(tried), &tried[1]);
}

TEST(BenchSettings, NoLoadAtAllIsNoSetting)
{
    EXPECT_EQ(best_of({}), nullptr);
    const std::vector<TriedSetting> tried(2);
    EXPECT_EQ(best_of(tried), nullptr);
}

}  // namespace
}  // namespace dmaload::bench
