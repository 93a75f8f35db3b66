// SPDX-License-Identifier: Apache-2.0
#include <bench/interrupt.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace dmaload::bench {
namespace {

class Interrupt : public ::testing::TestWithParam<int> {};

TEST_P(Interrupt, SetsAFlagOnce)
{
    const InterruptGuard guard;
    EXPECT_FALSE(InterruptGuard::interrupted());
    raise(GetParam());
    EXPECT_TRUE(InterruptGuard::interrupted());
    struct sigaction now{};
    sigaction(GetParam(), nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL) << "the second one is to end the process";
}

TEST_P(Interrupt, OfAPartIsOneOfTheWhole)
{
    const InterruptGuard whole;
    {
        const InterruptGuard part;
        raise(GetParam());
    }
    EXPECT_TRUE(InterruptGuard::interrupted());
    const InterruptGuard next_part;
    EXPECT_TRUE(InterruptGuard::interrupted());
}

TEST_P(Interrupt, BetweenPartsIsOneOfTheWhole)
{
    const InterruptGuard whole;
    {
        const InterruptGuard part;
    }
    raise(GetParam());
    const InterruptGuard next_part;
    EXPECT_TRUE(InterruptGuard::interrupted());
}

TEST_P(Interrupt, IsForgottenWithTheLastGuard)
{
    struct sigaction before{};
    sigaction(GetParam(), nullptr, &before);
    {
        const InterruptGuard guard;
        raise(GetParam());
    }
    struct sigaction after{};
    sigaction(GetParam(), nullptr, &after);
    EXPECT_EQ(after.sa_handler, before.sa_handler);
    const InterruptGuard next;
    EXPECT_FALSE(InterruptGuard::interrupted());
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt, ::testing::Values(SIGINT, SIGTERM));

}  // namespace
}  // namespace dmaload::bench
