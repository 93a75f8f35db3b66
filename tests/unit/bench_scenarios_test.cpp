// SPDX-License-Identifier: Apache-2.0
#include <bench/scenarios.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMega = 1 << 20;

std::vector<ScenarioRun> runs_of(std::string_view name, const RunOptions& asked = {},
                                 const GivenOptions& given = {})
{
    auto runs = expand_scenario(name, asked, given);
    EXPECT_TRUE(runs) << runs.error().message();
    return runs.value_or(std::vector<ScenarioRun>());
}

std::string error_of(std::string_view name, const GivenOptions& given = {})
{
    const auto runs = expand_scenario(name, {}, given);
    EXPECT_FALSE(runs);
    return runs ? "" : runs.error().message();
}

std::vector<std::string> labels(const std::vector<ScenarioRun>& runs)
{
    std::vector<std::string> labels;
    for (const ScenarioRun& run : runs)
        labels.push_back(run.options.scenario);
    return labels;
}

TEST(BenchScenarios, HaveNamesAndSummariesOfTheirOwn)
{
    std::set<std::string_view> names;
    for (const Scenario& scenario : scenarios()) {
        EXPECT_TRUE(names.insert(scenario.name).second) << scenario.name;
        EXPECT_FALSE(scenario.summary.empty()) << scenario.name;
        EXPECT_EQ(scenario.needs.empty(), scenario.runs != nullptr) << scenario.name;
        EXPECT_THAT(list_scenarios(), HasSubstr(scenario.summary));
    }
}

TEST(BenchScenarios, HaveAtLeastOneRunEachLabelOnce)
{
    for (const Scenario& scenario : scenarios()) {
        if (!scenario.needs.empty())
            continue;
        const auto runs = runs_of(scenario.name);
        EXPECT_FALSE(runs.empty()) << scenario.name;
        std::set<std::string> seen;
        std::chrono::nanoseconds budget{};
        for (const ScenarioRun& run : runs) {
            EXPECT_TRUE(seen.insert(run.options.scenario).second) << run.options.scenario;
            EXPECT_FALSE(run.about.empty());
            EXPECT_FALSE(run.options.sizes.empty());
            EXPECT_LE(run.options.plan.min_rounds, run.options.plan.max_rounds);
            budget += run.options.plan.budget;
        }
        EXPECT_NEAR(std::chrono::duration<double>(budget).count(),
                    std::chrono::duration<double>(scenario.time).count(), 1e-3)
            << scenario.name;
    }
}

TEST(BenchScenarios, PressureEatsMoreAndMore)
{
    const auto runs = runs_of("pressure");
    EXPECT_THAT(labels(runs), ElementsAre("eaten-0", "eaten-25", "eaten-50", "eaten-75"));
    EXPECT_EQ(runs[0].options.condition.eaten_percent, 0U);
    EXPECT_EQ(runs[3].options.condition.eaten_percent, 75U);
    EXPECT_THAT(runs[0].options.sizes, ElementsAre(256 * kMega));
    EXPECT_EQ(runs[0].options.methods.front(), "alloc-read");
    EXPECT_EQ(runs[0].options.plan.budget, 2min);
}

TEST(BenchScenarios, BusyIsHeldAgainstIdle)
{
    const auto runs = runs_of("busy");
    EXPECT_THAT(labels(runs), ElementsAre("idle", "busy"));
    EXPECT_FALSE(runs[0].options.condition.busy);
    EXPECT_TRUE(runs[1].options.condition.busy);
    EXPECT_EQ(runs[1].options.plan.budget, 2 * runs[0].options.plan.budget);
}

TEST(BenchScenarios, BusyTakesOtherWork)
{
    RunOptions asked;
    asked.condition.command = "make";
    const auto runs = runs_of("busy", asked, {"--while"});
    EXPECT_THAT(runs[0].options.condition.command, IsEmpty());
    EXPECT_EQ(runs[1].options.condition.command, "make");
    EXPECT_FALSE(runs[1].options.condition.busy);
    EXPECT_EQ(runs[1].about, "make");
}

TEST(BenchScenarios, ConcurrentLoadsBecomeMore)
{
    const auto runs = runs_of("concurrent");
    EXPECT_THAT(labels(runs), ElementsAre("at-once-1", "at-once-2", "at-once-4", "at-once-8"));
    EXPECT_EQ(runs[3].options.at_once, 8U);
}

TEST(BenchScenarios, FragmentedIsHeldAgainstWhole)
{
    const auto runs = runs_of("fragmented");
    EXPECT_THAT(labels(runs), ElementsAre("whole", "fragmented"));
    EXPECT_FALSE(runs[0].options.condition.fragmented);
    EXPECT_TRUE(runs[1].options.condition.fragmented);
}

TEST(BenchScenarios, LatencyTakesThirtyLoadsInThreeStates)
{
    RunOptions asked;
    asked.directory = "/mnt";
    const auto runs = runs_of("latency", asked, {"--dir"});
    EXPECT_THAT(labels(runs), ElementsAre("latency-idle", "latency-eaten", "latency-competing"));
    for (const ScenarioRun& run : runs) {
        EXPECT_EQ(run.options.plan.min_rounds, 32);
        EXPECT_EQ(run.options.plan.max_rounds, 32);
        EXPECT_FALSE(run.options.limit);
        EXPECT_THAT(run.options.methods, IsEmpty()) << "all";
    }
    EXPECT_EQ(runs[1].options.condition.eaten_percent, 50U);
    EXPECT_EQ(runs[2].options.condition.eaten_percent, 0U);
    EXPECT_THAT(runs[0].options.condition.read_file, IsEmpty());
    EXPECT_THAT(runs[2].options.condition.read_file, HasSubstr("/mnt/"));
}

TEST(BenchScenarios, OfOneRunHaveTheirNameAsLabel)
{
    for (const char* name : {"smoke", "sizes", "kills", "seed-table"})
        EXPECT_THAT(labels(runs_of(name)), ElementsAre(name));
    EXPECT_EQ(runs_of("kills")[0].options.kills, 40);
    EXPECT_THAT(runs_of("sizes")[0].options.methods, ElementsAre("alloc-read"));
    const RunOptions table = runs_of("seed-table")[0].options;
    EXPECT_THAT(table.sizes, ElementsAre(kMega / 2, 8 * kMega, 1024 * kMega, 3072 * kMega));
    EXPECT_EQ(table.plan.min_rounds, 7);
    EXPECT_EQ(table.plan.max_rounds, 7);
    EXPECT_TRUE(table.stages);
}

TEST(BenchScenarios, GiveWayToWhatWasGiven)
{
    RunOptions asked;
    asked.sizes = {5};
    asked.methods = {"udmabuf"};
    asked.plan.budget = 40s;
    asked.kills = 3;
    asked.heap = "reserved";
    const auto runs = runs_of("pressure", asked, {"--sizes", "--methods", "--budget"});
    for (const ScenarioRun& run : runs) {
        EXPECT_THAT(run.options.sizes, ElementsAre(5));
        EXPECT_THAT(run.options.methods, ElementsAre("udmabuf"));
        EXPECT_EQ(run.options.plan.budget, 10s);
        EXPECT_EQ(run.options.heap, "reserved");
    }
    EXPECT_EQ(runs_of("kills", asked, {"--kills"})[0].options.kills, 3);
    // There is nothing whose stages could be measured.
    EXPECT_FALSE(runs_of("seed-table", asked, {"--methods"})[0].options.stages);
}

TEST(BenchScenarios, OneBoundOfTheRoundsMovesTheOther)
{
    RunOptions asked;
    asked.plan = {.min_rounds = 9, .max_rounds = 40};
    const Plan more = runs_of("smoke", asked, {"--min-rounds"})[0].options.plan;
    EXPECT_EQ(more.min_rounds, 9);
    EXPECT_EQ(more.max_rounds, 9);
    asked.plan = {.min_rounds = 7, .max_rounds = 2};
    const Plan fewer = runs_of("smoke", asked, {"--max-rounds"})[0].options.plan;
    EXPECT_EQ(fewer.min_rounds, 2);
    EXPECT_EQ(fewer.max_rounds, 2);
    EXPECT_EQ(runs_of("pressure", asked, {"--max-rounds"})[0].options.plan.min_rounds, 2);
}

TEST(BenchScenarios, RefuseWhatTheyDecideThemselves)
{
    EXPECT_THAT(error_of("pressure", {"--eat"}), HasSubstr("the scenario pressure"));
    EXPECT_THAT(error_of("busy", {"--busy"}), HasSubstr("--busy"));
    EXPECT_THAT(error_of("concurrent", {"FILE"}), HasSubstr("FILE"));
    EXPECT_THAT(error_of("smoke", {"--label"}), HasSubstr("--label"));
}

TEST(BenchScenarios, ThatNeedAGuestSaySo)
{
    EXPECT_EQ(error_of("rates"),
              "scenario rates needs a disk whose rate can be set: use `make bench SCENARIO=rates`");
    for (const char* name : {"default", "small-memory", "filesystems"})
        EXPECT_THAT(error_of(name), HasSubstr("make bench SCENARIO="));
}

TEST(BenchScenarios, ThatAreNoneAreAnErrorThatListsThem)
{
    EXPECT_EQ(error_of("presure").substr(0, 27), "there is no scenario presur");
    EXPECT_THAT(error_of("presure"), HasSubstr("busy, pressure, fragmented"));
}

}  // namespace
}  // namespace dmaload::bench
