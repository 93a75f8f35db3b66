// SPDX-License-Identifier: Apache-2.0
#include <bench/analysis.hpp>
#include <bench/verdict.hpp>

#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;

TEST(BenchAnalysis, GroupsAndSortsFastestFirst)
{
    json result = testing::empty_result();
    testing::add_samples(result,
                         {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6, .step_ns = 1e6});
    testing::add_samples(result,
                         {.method = "alloc-read", .mode = "direct", .first_ns = 250e6, .step_ns = 1e5});
    testing::add_limit(result, 240e6);
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    ASSERT_EQ(groups->size(), 1U);
    const Group& group = groups->front();
    ASSERT_EQ(group.rows.size(), 2U);
    EXPECT_EQ(group.rows[0].name(), "alloc-read direct");
    EXPECT_TRUE(group.rows[0].tied_fastest);
    EXPECT_FALSE(group.rows[1].tied_fastest);
    EXPECT_NEAR(group.rows[0].speedup.median, 4.0, 0.01);
    EXPECT_DOUBLE_EQ(group.limit.value_or(0), 240e6);
    EXPECT_EQ(compare(group.rows[0], group.rows[1]), Verdict::faster);
    EXPECT_EQ(compare(group.rows[1], group.rows[0]), Verdict::slower);
}

TEST(BenchAnalysis, OverlapIsATieAndTooFewSamplesAreNoAnswer)
{
    json result = testing::empty_result();
    testing::add_samples(result,
                         {.method = "mmap-read", .mode = "buffered", .first_ns = 300e6, .step_ns = 10e6});
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 290e6, .step_ns = 10e6});
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 100e6, .rounds = 6});
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const Group& group = groups->front();
    const Row* const normal = group.normal();
    const Row* const udmabuf = group.find("udmabuf", "direct");
    const Row* const ours = group.find("alloc-read", "direct");
    ASSERT_TRUE(normal != nullptr && udmabuf != nullptr && ours != nullptr);
    EXPECT_EQ(compare(*normal, *udmabuf), Verdict::tie);
    EXPECT_EQ(compare(*ours, *normal), Verdict::unknown);
}

TEST(BenchAnalysis, SamplesThatAreNotColdOrWrongCountForNothing)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 300e6});
    result["samples"][0]["cold"] = false;
    result["samples"][1]["verified"] = false;
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const Row& row = groups->front().rows.front();
    EXPECT_EQ(row.total.count, 5U);
    EXPECT_EQ(row.not_cold, 1U);
    EXPECT_EQ(row.wrong, 1U);
    EXPECT_FALSE(all_verified(result));
}

TEST(BenchAnalysis, FailuresAreSeen)
{
    json result = testing::empty_result();
    EXPECT_TRUE(all_verified(result));
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 300e6});
    EXPECT_TRUE(all_verified(result));
    result["failures"] = json::array({{{"scenario", "phone-like"},
                                       {"method", "alloc-read"},
                                       {"mode", "direct"},
                                       {"size", 268435456},
                                       {"disk_rate", 1000000000},
                                       {"error", "EIO"}}});
    EXPECT_FALSE(all_verified(result));
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    EXPECT_EQ(groups->front().rows.back().name(), "alloc-read direct");
    EXPECT_EQ(groups->front().rows.back().failed, 1U);
}

TEST(BenchAnalysis, FallbackIsSeen)
{
    json result = testing::empty_result();
    testing::add_samples(result,
                         {.method = "udmabuf", .mode = "direct", .first_ns = 300e6, .path = "buffered"});
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    EXPECT_TRUE(groups->front().rows.front().fell_back());
}

TEST(BenchAnalysis, WhatMakesNoDmabufIsNoRival)
{
    json result = testing::empty_result();
    testing::add_samples(result, {"alloc-read", "direct", 100e6});
    testing::add_samples(result, {"mmap-file", "buffered", 200e6});
    for (json& sample : result["samples"])
        sample["makes_dmabuf"] = sample["method"] != "mmap-file";
    testing::add_samples(result, {"udmabuf", "direct", 300e6});
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    EXPECT_EQ(groups->front().rows[1].path, "buffered, no dma-buf");
    ASSERT_NE(best_rival(groups->front()), nullptr);
    EXPECT_EQ(best_rival(groups->front())->method, "udmabuf");
}

TEST(BenchAnalysis, RatesAndScenariosAreKeptApart)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 300e6});
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 100e6});
    for (std::size_t i = 7; i < 14; ++i) {
        result["samples"][i]["scenario"] = "unthrottled";
        result["samples"][i]["disk_rate"] = nullptr;
    }
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    ASSERT_EQ(groups->size(), 2U);
    EXPECT_EQ((*groups)[0].title(), "phone-like (disk 1 GB/s), 256 MB");
    EXPECT_EQ((*groups)[1].title(), "unthrottled (disk not throttled), 256 MB");
}

TEST(BenchAnalysis, PlacesCountWhoIsFasterBeyondDoubt)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "a", .mode = "direct", .first_ns = 100e6, .step_ns = 1e6});
    testing::add_samples(result, {.method = "b", .mode = "direct", .first_ns = 101e6, .step_ns = 1e6});
    testing::add_samples(result, {.method = "c", .mode = "direct", .first_ns = 200e6, .step_ns = 1e6});
    testing::add_samples(result, {.method = "d", .mode = "direct", .first_ns = 1e6, .rounds = 6});
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    std::map<std::string, std::string> ranks;
    for (const Row& row : groups->front().rows)
        ranks[row.method] = row.rank();
    EXPECT_EQ(ranks,
              (std::map<std::string, std::string>{{"a", "1 tie"}, {"b", "1 tie"}, {"c", "3"}, {"d", "?"}}));
}

TEST(BenchAnalysis, NumbersBesideTheSpineAndPhasesAreMedians)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 300e6});
    for (std::size_t i = 0; i < 7; ++i) {
        result["samples"][i]["spinner_lost_share"] = 0.1 * static_cast<double>(i);
        result["samples"][i]["phases"] = {{"map_ns", 5 + i}, {"alloc_ns", 1 + i}, {"zero_ns", 0}};
    }
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const Row& row = groups->front().rows.front();
    EXPECT_EQ(row.extras.size(), 1U);
    EXPECT_NEAR(row.extras.at("spinner_lost_share"), 0.3, 1e-9);
    EXPECT_EQ(row.phase_times, (std::vector<std::pair<std::string, double>>{{"alloc_ns", 4}, {"map_ns", 8}}));
}

TEST(BenchAnalysis, OtherFieldsThanExpectedAreAnErrorNotACrash)
{
    EXPECT_FALSE(analyse(json::object()));
    json result = testing::empty_result();
    result["samples"].push_back({{"method", 5}});
    EXPECT_FALSE(analyse(result));
}

}  // namespace
}  // namespace dmaload::bench
