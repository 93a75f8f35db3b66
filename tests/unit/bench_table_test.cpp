// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bench/table.hpp>
#include <bench/verdict.hpp>

#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::string table_of(const json& result)
{
    const auto groups = analyse(result);
    return groups ? render_table(*groups, result) : "";
}

std::string verdict_of(const json& result)
{
    const auto groups = analyse(result);
    return groups ? verdict(*groups) : "";
}

/// Ours four times as fast as normal, a rival in between.
json clear_result()
{
    json result = testing::empty_result();
    testing::add_samples(
        result,
        {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6, .step_ns = 1e6, .cpu_ns = 900e6});
    testing::add_samples(
        result,
        {.method = "alloc-read", .mode = "direct", .first_ns = 250e6, .step_ns = 1e5, .cpu_ns = 10e6});
    testing::add_samples(
        result, {.method = "udmabuf", .mode = "direct", .first_ns = 500e6, .step_ns = 1e5, .cpu_ns = 300e6});
    testing::add_limit(result, 240e6);
    return result;
}

TEST(BenchTable, ColumnsAreAsWideAsTheirWidestCell)
{
    EXPECT_EQ(render_columns({{"a", "bb"}, {"ccc", "d"}}, 1), "a    bb\nccc   d\n");
}

TEST(BenchTable, ShowsTitleLimitAndRows)
{
    const std::string text = table_of(clear_result());
    EXPECT_TRUE(contains(text, "phone-like (disk 1 GB/s), 256 MB")) << text;
    EXPECT_TRUE(contains(text, "limit: 240 ms (disk model)")) << text;
    EXPECT_TRUE(contains(text, "alloc-read")) << text;
    EXPECT_TRUE(contains(text, "1.04")) << text;
    EXPECT_FALSE(contains(text, "warning")) << text;
}

TEST(BenchTable, RanksAndCallsATieATie)
{
    json result = clear_result();
    testing::add_samples(
        result, {.method = "copy", .mode = "direct", .first_ns = 500e6, .step_ns = 1e5, .cpu_ns = 300e6});
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const auto cells = group_cells(groups->front());
    ASSERT_EQ(cells.size(), 5U);
    EXPECT_EQ(cells[1][0], "1");
    EXPECT_EQ(cells[2][0], "2 tie");
    EXPECT_EQ(cells[3][0], "2 tie");
    EXPECT_EQ(cells[4][0], "4");
}

TEST(BenchTable, NumbersBesideTheSpineHaveColumns)
{
    json result = clear_result();
    for (json& sample : result["samples"]) {
        sample["spinner_lost_share"] = 0.125;
        sample["swapped_bytes"] = 2 << 20;
        sample["stalled_ns"] = 12'300'000;
    }
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const auto cells = group_cells(groups->front());
    const auto column = [&](const std::string& name) {
        const auto found = std::find(cells[0].begin(), cells[0].end(), name);
        return found == cells[0].end() ? "" : cells[1][static_cast<std::size_t>(found - cells[0].begin())];
    };
    EXPECT_EQ(column("spinner lost"), "12.5 %");
    EXPECT_EQ(column("swapped"), "2 MB");
    EXPECT_EQ(column("stalled"), "12.3 ms");
}

TEST(BenchTable, OutliersAreSaid)
{
    json result = clear_result();
    result["samples"][7]["total_ns"] = 900e6;
    EXPECT_TRUE(
        contains(table_of(result), "outliers of alloc-read direct: round 1: 900 ms, 3.59 times the median"))
        << table_of(result);
}

TEST(BenchTable, ShowsTheReaderBesideTheModel)
{
    json result = clear_result();
    result["readers"] = json::array({{{"scenario", "phone-like"},
                                      {"disk_rate", 1000000000},
                                      {"size", 268435456},
                                      {"block", 1048576},
                                      {"depth", 8},
                                      {"total_ns", 245e6},
                                      {"cpu_ns", 11e6},
                                      {"cold", true}}});
    EXPECT_TRUE(contains(table_of(result),
                         "limit: 240 ms (disk model); the best io_uring reader takes 245 ms "
                         "(1 MB x 8 in flight, CPU time 11.0 ms)"));
}

TEST(BenchTable, WhatMakesNoDmabufStandsBetweenTheRowsWithoutARank)
{
    json result = clear_result();
    const auto run = [](json more) {
        more.update({{"scenario", "phone-like"}, {"disk_rate", 1000000000}, {"size", 268435456}});
        return more;
    };
    result["readers"] = json::array(
        {run({{"block", 1048576}, {"depth", 8}, {"total_ns", 245e6}, {"cpu_ns", 11e6}, {"cold", true}})});
    for (const double total : {620e6, 600e6})
        result["fio"].push_back(run({{"job", "buffered"}, {"total_ns", total}}));
    const auto groups = analyse(result);
    ASSERT_TRUE(groups);
    const auto cells = group_cells(groups->front());
    ASSERT_EQ(cells.size(), 6U);
    EXPECT_EQ(cells[1], (std::vector<std::string>{"-", "io_uring reader", "direct", "245 ms", "-", "-",
                                                  "1.021", "11.0 ms", "-", "-", "no dma-buf", "best run"}));
    EXPECT_EQ(cells[2][1], "alloc-read");
    EXPECT_EQ(cells[4], (std::vector<std::string>{"-", "fio", "buffered", "600 ms", "-", "-", "2.500", "-",
                                                  "-", "-", "no dma-buf", "best run"}));
    EXPECT_EQ(cells[5][1], "mmap-read");
}

TEST(BenchTable, FallbackIsAWarning)
{
    json result = clear_result();
    testing::add_samples(result, {.method = "fallen", .mode = "direct", .first_ns = 2e9, .path = "buffered"});
    EXPECT_TRUE(
        contains(table_of(result), "warning: fallen direct was asked to read directly, and 7 of 7 samples"));
}

TEST(BenchTable, SettingsThatWereChosenAreSaid)
{
    json result = clear_result();
    testing::add_samples(result, {.method = "tuned", .mode = "direct", .first_ns = 500e6});
    for (json& sample : result["samples"]) {
        if (sample["method"] == "tuned")
            sample["setting"] = "tuned:1M:8";
    }
    const auto tried = [&](const char* method, const char* setting, double first, double second) {
        result["settings"].push_back({{"scenario", "phone-like"},
                                      {"disk_rate", 1000000000},
                                      {"method", method},
                                      {"mode", "direct"},
                                      {"size", 268435456},
                                      {"setting", setting},
                                      {"loads_ns", {first, second}},
                                      {"chosen", false}});
    };
    tried("tuned", "tuned", 900e6, 750e6);
    tried("tuned", "tuned:1M:8", 500e6, 510e6);
    tried("never measured", "never measured", 1e6, 1e6);
    const std::string text = table_of(result);
    EXPECT_TRUE(contains(
        text, "tuned direct: tuned:1M:8, the best of 2 settings; the worst took 1.50 times as long."))
        << text;
    EXPECT_FALSE(contains(text, "never measured")) << text;
}

TEST(BenchTable, PredictionStandsBesideWhatWasMeasured)
{
    json result = clear_result();
    for (const double total : {90e6, 91e6, 99e6})
        result["traces"].push_back({{"scenario", "phone-like"},
                                    {"disk_rate", 1000000000},
                                    {"method", "mmap-read"},
                                    {"mode", "buffered"},
                                    {"size", 268435456},
                                    {"total_ns", total},
                                    {"prediction", {{"total_ns", 88e6}}}});
    EXPECT_TRUE(contains(table_of(result),
                         "mmap-read buffered: the model of overlapped loading predicts "
                         "88.0 ms; the traced call took 91.0 ms."));
}

TEST(BenchTable, SaysWhatCouldNotBeMeasuredOnce)
{
    json result = clear_result();
    for (int i = 0; i < 2; ++i)
        result["unavailable"].push_back(
            {{"method", "mmap-read"}, {"mode", "direct"}, {"reason", "no pages"}});
    const std::string text = table_of(result);
    const std::size_t first = text.find("mmap-read direct: no pages");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(text.find("mmap-read direct: no pages", first + 1), std::string::npos);
}

TEST(BenchTable, WrongSamplesAndFewSamplesAreSaid)
{
    json result = clear_result();
    result["samples"][0]["verified"] = false;
    const std::string text = table_of(result);
    EXPECT_TRUE(contains(text, "ERROR: mmap-read buffered: 1 samples")) << text;
    EXPECT_TRUE(contains(text, "only 6 samples")) << text;

    json few = testing::empty_result();
    testing::add_samples(few, {.method = "udmabuf", .mode = "direct", .first_ns = 1e6, .rounds = 3});
    EXPECT_TRUE(contains(table_of(few), "fewer than 7 samples of each"));
}

TEST(BenchTable, ErrorWithoutAnySampleIsARowAndAMessage)
{
    json result = testing::empty_result();
    result["failures"] = json::array({{{"scenario", "s"},
                                       {"method", "m"},
                                       {"mode", "direct"},
                                       {"size", 1},
                                       {"disk_rate", nullptr},
                                       {"error", "e"}}});
    EXPECT_TRUE(contains(table_of(result), "ERROR: m direct: 1 loads failed: e"));
}

TEST(BenchVerdict, SaysWhoIsFasterAndWhatItCosts)
{
    // Lines are broken for a terminal; what is looked for may be on two.
    std::string text = verdict_of(clear_result());
    for (std::size_t at = 0; (at = text.find("\n    ", at)) != std::string::npos;)
        text.replace(at, 5, " ");
    EXPECT_TRUE(contains(text, "The disk alone needs 240 ms (disk model).")) << text;
    EXPECT_TRUE(contains(text, "alloc-read direct is 2.00 times")) << text;
    EXPECT_TRUE(contains(text, "as fast as udmabuf direct")) << text;
    EXPECT_TRUE(contains(text, "as fast as normal (mmap-read buffered)")) << text;
    EXPECT_TRUE(contains(text, "alloc-read direct 10.0 ms")) << text;
    EXPECT_TRUE(contains(text, "(90.0 times alloc-read direct's)")) << text;
    EXPECT_FALSE(contains(text, "tie")) << text;
}

TEST(BenchVerdict, OverlapIsCalledATie)
{
    json result = testing::empty_result();
    testing::add_samples(result,
                         {.method = "alloc-read", .mode = "direct", .first_ns = 250e6, .step_ns = 5e6});
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 252e6, .step_ns = 5e6});
    const std::string text = verdict_of(result);
    EXPECT_TRUE(contains(text, "alloc-read direct and udmabuf direct tie")) << text;
    EXPECT_FALSE(contains(text, "times as fast")) << text;
}

TEST(BenchVerdict, ClaimsNothingFromTooFewSamples)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 250e6, .rounds = 3});
    testing::add_samples(result,
                         {.method = "mmap-read", .mode = "buffered", .first_ns = 1000e6, .rounds = 3});
    const std::string text = verdict_of(result);
    EXPECT_TRUE(contains(text, "too few samples")) << text;
    EXPECT_FALSE(contains(text, "as fast as")) << text;
}

TEST(BenchVerdict, SlowerIsSaidAsWell)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 500e6});
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 250e6});
    const std::string text = verdict_of(result);
    EXPECT_TRUE(contains(text, "udmabuf direct is 2.00 times")) << text;
    EXPECT_TRUE(contains(text, "0.50x [0.50, 0.50] slower")) << text;
}

}  // namespace
}  // namespace dmaload::bench
