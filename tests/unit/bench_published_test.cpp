// SPDX-License-Identifier: Apache-2.0
#include <bench/published_table.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30;

json seed_result()
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6});
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 250e6});
    testing::add_samples(result, {.method = "alloc-read:sync", .mode = "direct", .first_ns = 500e6});
    for (json& sample : result["samples"]) {
        sample["scenario"] = "seed-table";
        sample["size"] = kGigabyte;
    }
    return result;
}

TEST(BenchPublished, TheirSpeedsStandBesideOurs)
{
    const auto groups = analyse(seed_result());
    ASSERT_TRUE(groups);
    const auto rows = published_cells(*groups);
    EXPECT_THAT(rows, IsSupersetOf({
                          ElementsAre("normal", "mmap-read buffered", "1.00x", "-", "1.00x", "-", "1.00x",
                                      "1.00x", "1.00x", "-"),
                          // 1520790492 / 520003538
                          ElementsAre("flag with gather, direct", "alloc-read direct", "1.43x", "-", "2.21x",
                                      "-", "2.92x", "4.00x", "2.38x", "-"),
                          // An earlier stage of a method, which is no row.
                          ElementsAre("flag, synchronous, direct", "alloc-read:sync direct", "3.43x", "-",
                                      "2.09x", "-", "0.64x", "2.00x", "0.59x", "-"),
                      }));
}

TEST(BenchPublished, OnlyOfTheScenarioThatRepeatsIt)
{
    json result = seed_result();
    for (json& sample : result["samples"])
        sample["scenario"] = "phone-like";
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    EXPECT_EQ(published_cells(*groups).size(), 1U);
}

}  // namespace
}  // namespace dmaload::bench
