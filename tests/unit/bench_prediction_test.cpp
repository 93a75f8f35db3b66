// SPDX-License-Identifier: Apache-2.0
#include <bench/prediction.hpp>

#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

/// Two batches of 1 MB: gathered in 1 ms each, submitted in 1 ms each; 2 ms to finish.
Timeline load()
{
    Timeline line;
    line.total = 20ms;
    line.bytes = 2'000'000;
    line.async = true;
    line.caller = {{Activity::alloc, 0ms, 1ms},  {Activity::submit, 1ms, 2ms}, {Activity::alloc, 2ms, 3ms},
                   {Activity::submit, 3ms, 4ms}, {Activity::wait, 4ms, 18ms},  {Activity::map, 18ms, 20ms}};
    Batch first;
    first.length = 1'000'000;
    first.submit = 1ms;
    first.submitted = 2ms;
    Batch second = first;
    second.submit = 3ms;
    second.submitted = 4ms;
    line.batches = {first, second};
    return line;
}

TEST(Prediction, OfALoadThatTheDiskBoundsIsTheDisks)
{
    const auto prediction = predict(load(), {.rate = 200'000'000, .latency = 100us});
    ASSERT_TRUE(prediction);
    EXPECT_EQ(prediction->first_batch, 1ms);
    EXPECT_EQ(prediction->io, 10ms + 100us);
    EXPECT_EQ(prediction->rest, 3ms);
    EXPECT_EQ(prediction->last_io, 5ms + 100us);
    EXPECT_EQ(prediction->finish, 2ms);
    EXPECT_EQ(prediction->total(), 1ms + 10ms + 100us + 2ms);
}

TEST(Prediction, OfALoadThatTheCpuBoundsIsAllocationAndTheLastRead)
{
    const auto prediction = predict(load(), {.rate = 2'000'000'000, .latency = 100us});
    ASSERT_TRUE(prediction);
    EXPECT_EQ(prediction->total(), 1ms + 3ms + 500us + 100us + 2ms);
}

TEST(Prediction, IsNoneWhereNothingOverlaps)
{
    Timeline sync = load();
    sync.async = false;
    EXPECT_FALSE(predict(sync, {.rate = 1, .latency = 0us}));
    Timeline empty = load();
    empty.batches.clear();
    EXPECT_FALSE(predict(empty, {.rate = 1, .latency = 0us}));
    EXPECT_FALSE(predict(load(), {.rate = 0, .latency = 0us}));
}

}  // namespace
}  // namespace dmaload::bench
