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

TEST(BenchPublished, FormOfThenHasARowWhereItWasMeasured)
{
    const auto forms = [](const json& result) {
        const auto groups = analyse(result);
        std::vector<std::string> cells;
        for (const auto& row : groups ? published_cells(*groups) : std::vector<std::vector<std::string>>()) {
            if (row.front() == "flag with gather, direct")
                cells.push_back(row[1] + " " + row[7]);
        }
        return cells;
    };
    json result = seed_result();
    EXPECT_THAT(forms(result), ElementsAre("alloc-read direct 4.00x"));
    testing::add_samples(result, {.method = "alloc-read:vmap", .mode = "direct", .first_ns = 400e6});
    for (json& sample : result["samples"]) {
        sample["scenario"] = "seed-table";
        sample["size"] = kGigabyte;
    }
    EXPECT_THAT(forms(result), ElementsAre("alloc-read:vmap direct 2.50x", "alloc-read direct 4.00x"));
}

TEST(BenchPublished, TiesAndFewSamplesAreMarked)
{
    const auto ours_with = [](double step, int rounds) {
        json result = testing::empty_result();
        testing::add_samples(
            result, {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6, .rounds = rounds});
        testing::add_samples(
            result,
            {.method = "udmabuf", .mode = "buffered", .first_ns = 990e6, .step_ns = step, .rounds = rounds});
        for (json& sample : result["samples"]) {
            sample["scenario"] = "seed-table";
            sample["size"] = kGigabyte;
        }
        const auto groups = analyse(result);
        const auto rows = groups ? published_cells(*groups) : std::vector<std::vector<std::string>>();
        return rows.size() > 2 ? rows[2][7] : "";
    };
    EXPECT_EQ(ours_with(5e6, 7), "1.00x tie");
    EXPECT_EQ(ours_with(0, 7), "1.01x");
    EXPECT_EQ(ours_with(0, 3), "1.01x ?");
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
