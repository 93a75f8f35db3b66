// SPDX-License-Identifier: Apache-2.0
#include <bench/disk_rates.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string_view>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

/// Adds loads of 256 MB at one disk, in times of the disk alone; step: added each round.
void add_rate(json& result, const char* scenario, std::uint64_t rate,
              const std::map<std::string, std::pair<double, double>>& times)
{
    const double limit = 256e6;
    json one = testing::empty_result();
    for (const auto& [method, time] : times)
        testing::add_samples(one, {.method = method,
                                   .mode = "direct",
                                   .first_ns = time.first * limit,
                                   .step_ns = time.second * limit});
    testing::add_limit(one, limit);
    for (const char* list : {"samples", "limits"}) {
        for (json& object : one[list]) {
            object["scenario"] = scenario;
            object["disk_rate"] = rate > 0 ? json(rate) : json(nullptr);
            if (rate > 0 || std::string_view(list) == "samples")
                result[list].push_back(object);
        }
    }
}

std::vector<std::vector<std::string>> cells_for(const json& result)
{
    const auto groups = analyse(result);
    EXPECT_TRUE(groups);
    return groups ? disk_limited_cells(*groups) : std::vector<std::vector<std::string>>();
}

TEST(BenchDiskRates, FastestDiskThatAWayFollowsAndTheNext)
{
    json result = testing::empty_result();
    add_rate(result, "rate-1-of-2", 1000000000,
             {{"ours", {1.01, 0}}, {"rival", {1.05, 0}}, {"normal", {1.2, 0}}});
    add_rate(result, "rate-1-of-1", 2000000000,
             {{"ours", {1.02, 0}}, {"rival", {1.4, 0}}, {"normal", {2.4, 0}}});
    add_rate(result, "rate-unthrottled", 0, {{"ours", {0.5, 0}}, {"rival", {1, 0}}});
    EXPECT_THAT(
        cells_for(result),
        ElementsAre(
            ElementsAre("way", "size", "limited up to", "time / limit", "not at", "its time / limit",
                        "not throttled"),
            ElementsAre("ours direct", "256 MB", "2 GB/s", "1.020 [1.020, 1.020]", "-", "-", "128 ms"),
            ElementsAre("rival direct", "256 MB", "1 GB/s", "1.050 [1.050, 1.050]", "2 GB/s",
                        "1.400 [1.400, 1.400]", "256 ms"),
            ElementsAre("normal direct", "256 MB", "never", "-", "1 GB/s", "1.200 [1.200, 1.200]", "-")));
}

TEST(BenchDiskRates, IntervalThatHoldsTheBoundaryIsSaid)
{
    json result = testing::empty_result();
    add_rate(result, "rate-1-of-2", 1000000000, {{"ours", {1.03, 0.02}}});
    add_rate(result, "rate-1-of-1", 2000000000, {{"ours", {1.06, 0.02}}});
    const auto cells = cells_for(result);
    ASSERT_EQ(cells.size(), 2U);
    EXPECT_EQ(cells[1][2], "about 1 GB/s");
    EXPECT_EQ(cells[1][4], "about 2 GB/s");
}

TEST(BenchDiskRates, OneDiskHasNoSuchPlace)
{
    json result = testing::empty_result();
    add_rate(result, "phone-like", 1000000000, {{"ours", {1.01, 0}}});
    add_rate(result, "unthrottled", 0, {{"ours", {0.5, 0}}});
    EXPECT_EQ(cells_for(result).size(), 1U);
}

}  // namespace
}  // namespace dmaload::bench
