// SPDX-License-Identifier: Apache-2.0
#include <deadline.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace dmaload::cli {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, IsATime)
{
    EXPECT_EQ(parse_deadline("2s").value(), 2s);
    EXPECT_EQ(parse_deadline("500ms").value(), 500ms);
}

TEST(Deadline, IsThereWhereItWasGiven)
{
    const auto none = parse_deadline("");
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none);
}

TEST(Deadline, OfAnotherFormIsAnErrorOfUsage)
{
    for (const char* text : {"0s", "2", "fast", "-1s"}) {
        const auto deadline = parse_deadline(text);
        ASSERT_FALSE(deadline) << text;
        EXPECT_EQ(deadline.error().code, EINVAL);
        EXPECT_EQ(deadline.error().object, text);
    }
}

}  // namespace
}  // namespace dmaload::cli
