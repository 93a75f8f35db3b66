// SPDX-License-Identifier: Apache-2.0
#include <bench/report.hpp>
#include <bench/results.hpp>
#include <bench/scenario_run.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "bench_fixtures.hpp"
#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ScenarioRuns : public testing::InTemporaryFolder {
protected:
    [[nodiscard]] std::vector<ScenarioRun> runs(std::initializer_list<const char*> labels) const
    {
        std::vector<ScenarioRun> runs;
        for (const char* label : labels) {
            RunOptions options;
            options.scenario = label;
            options.results = folder_;
            options.quiet = true;
            runs.push_back({.options = options, .about = label});
        }
        return runs;
    }
    [[nodiscard]] std::string journal(const std::string& label) const
    {
        return folder_ + "/bench-" + label + ".jsonl";
    }
    /// A run that leaves samples behind.
    Result<RunOutcome> measure(const RunOptions& options)
    {
        begun_.push_back(options.scenario);
        nlohmann::json result = testing::empty_result();
        testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 1e6});
        std::ofstream file(journal_path(options));
        for (nlohmann::json sample : result["samples"]) {
            sample["kind"] = "sample";
            sample["scenario"] = options.scenario;
            file << sample.dump() << "\n";
        }
        return RunOutcome{};
    }
    [[nodiscard]] RunFunction measuring()
    {
        return [this](const RunOptions& options) { return measure(options); };
    }

    std::vector<std::string> begun_;
};

TEST_F(ScenarioRuns, FollowEachOtherAndAreJoined)
{
    const auto outcome = run_scenario(runs({"idle", "busy"}), measuring());
    EXPECT_FALSE(outcome.error);
    EXPECT_FALSE(outcome.interrupted);
    EXPECT_THAT(begun_, ElementsAre("idle", "busy"));
    EXPECT_THAT(outcome.journals, ElementsAre(journal("idle"), journal("busy")));

    const auto report = read_report(outcome.journals);
    ASSERT_TRUE(report) << report.error().message();
    ASSERT_EQ(report->parts.size(), 1U);
    EXPECT_EQ(report->parts[0].result["samples"].size(), 14U);
    EXPECT_EQ(report->parts[0].groups.size(), 2U);
}

TEST_F(ScenarioRuns, EndWithTheFirstError)
{
    const auto outcome = run_scenario(runs({"a", "b", "c"}), [&](const RunOptions& options) {
        if (options.scenario != "b")
            return measure(options);
        begun_.push_back(options.scenario);
        return Result<RunOutcome>(fail("eat", "all of it", ENOMEM));
    });
    EXPECT_EQ(outcome.error.value_or(Error{}).code, ENOMEM);
    EXPECT_THAT(begun_, ElementsAre("a", "b"));
    EXPECT_THAT(outcome.journals, ElementsAre(journal("a")));
}

TEST_F(ScenarioRuns, ThatFailKeepWhatTheyMeasured)
{
    const auto outcome = run_scenario(runs({"a", "b"}), [&](const RunOptions& options) {
        const auto measured = measure(options);
        return measured ? fail("write", "the journal", ENOSPC) : measured;
    });
    EXPECT_TRUE(outcome.error);
    EXPECT_THAT(outcome.journals, ElementsAre(journal("a")));
}

TEST_F(ScenarioRuns, EndWithCtrlC)
{
    const auto outcome = run_scenario(runs({"a", "b", "c"}), [&](const RunOptions& options) {
        if (options.scenario == "b")
            raise(SIGINT);
        return measure(options);
    });
    EXPECT_TRUE(outcome.interrupted);
    EXPECT_FALSE(outcome.error);
    EXPECT_THAT(outcome.journals, ElementsAre(journal("a"), journal("b")));
}

TEST_F(ScenarioRuns, DoNotTakeEarlierJournalsForTheirOwn)
{
    write("bench-b.jsonl", R"({"kind": "sample"})");
    write("bench-other.jsonl", R"({"kind": "sample"})");
    const auto outcome = run_scenario(runs({"a", "b"}), [](const RunOptions&) {
        return Result<RunOutcome>(fail("bench", "no method", ENODEV));
    });
    EXPECT_THAT(outcome.journals, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(journal("b")));
    EXPECT_TRUE(std::filesystem::exists(journal("other")));
}

TEST_F(ScenarioRuns, HaveTheFileThatIsReadBesideThem)
{
    auto some = runs({"latency-competing"});
    some[0].options.condition.read_file = folder_ + "/beside.bin";
    EXPECT_FALSE(run_scenario(some, measuring()).error);
    EXPECT_EQ(std::filesystem::file_size(folder_ + "/beside.bin"), kCompetingFileSize);

    some[0].options.condition.read_file = folder_ + "/no/such/folder/beside.bin";
    EXPECT_TRUE(run_scenario(some, measuring()).error);
}

}  // namespace
}  // namespace dmaload::bench
