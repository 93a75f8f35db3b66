// SPDX-License-Identifier: Apache-2.0
#include <bench/results.hpp>
#include <measured.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <vector>

#include "bench_fixtures.hpp"
#include "temporary_folder.hpp"

namespace dmaload::cli {
namespace {

class Measuring : public bench::testing::InTemporaryFolder {
protected:
    [[nodiscard]] std::vector<bench::ScenarioRun> runs(std::initializer_list<const char*> labels) const
    {
        std::vector<bench::ScenarioRun> runs;
        for (const char* label : labels) {
            bench::RunOptions options;
            options.scenario = label;
            options.results = folder_;
            options.quiet = true;
            runs.push_back({.options = options, .about = label});
        }
        return runs;
    }
    [[nodiscard]] std::string path() const { return folder_ + "/bench-scenario.json"; }

    /// A run that leaves a journal with seven samples behind.
    static Result<bench::RunOutcome> sample(const bench::RunOptions& options)
    {
        auto result = bench::testing::empty_result();
        bench::testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 1e6});
        for (nlohmann::json& sample : result["samples"]) {
            sample["kind"] = "sample";
            sample["scenario"] = options.scenario;
        }
        return keep(options, result["samples"]);
    }
    static Result<bench::RunOutcome> keep(const bench::RunOptions& options, const nlohmann::json& lines)
    {
        auto journal = bench::Journal::create(bench::journal_path(options));
        if (!journal)
            return std::unexpected(journal.error());
        for (const auto& line : lines) {
            if (auto written = journal->append(line); !written)
                return std::unexpected(written.error());
        }
        return bench::RunOutcome{};
    }
};

TEST_F(Measuring, SeveralRunsGivesOneResult)
{
    const auto measured = measure(runs({"eaten-0", "eaten-25"}), path(), {}, sample);
    ASSERT_TRUE(measured) << measured.error().message();
    EXPECT_FALSE(measured->error);
    EXPECT_FALSE(measured->interrupted);
    EXPECT_EQ(measured->report.parts.size(), 1U);
    EXPECT_EQ(measured->report.parts[0].groups.size(), 2U);
    const auto written = bench::load_result(path());
    ASSERT_TRUE(written) << written.error().message();
    EXPECT_EQ(*written, measured->result());
    EXPECT_EQ((*written)["samples"].size(), 14U);
}

TEST_F(Measuring, KeepsWhatCameBeforeAnError)
{
    const auto measured = measure(runs({"a", "b"}), path(), {}, [](const bench::RunOptions& options) {
        return options.scenario == "a" ? sample(options)
                                       : Result<bench::RunOutcome>(fail("eat", "memory", ENOMEM));
    });
    ASSERT_TRUE(measured) << measured.error().message();
    EXPECT_EQ(measured->error.value_or(Error{}).code, ENOMEM);
    EXPECT_EQ(bench::load_result(path()).value()["samples"].size(), 7U);
}

TEST_F(Measuring, KeepsWhatCameBeforeCtrlC)
{
    const auto measured = measure(runs({"a", "b"}), path(), {}, [](const bench::RunOptions& options) {
        raise(SIGINT);
        return sample(options);
    });
    ASSERT_TRUE(measured) << measured.error().message();
    EXPECT_TRUE(measured->interrupted);
    EXPECT_EQ(bench::load_result(path()).value()["samples"].size(), 7U);
}

TEST_F(Measuring, NothingIsTheErrorOfTheFirstRun)
{
    const auto measured = measure(runs({"a", "b"}), path(), {}, [](const bench::RunOptions& options) {
        // It has said what it is about.
        const auto kept =
            keep(options, {{{"kind", "context"}, {"scenario", "a"}, {"context", {{"kernel", "6.12"}}}}});
        return kept ? fail("bench", "no method", ENODEV) : kept;
    });
    ASSERT_FALSE(measured);
    EXPECT_EQ(measured.error().code, ENODEV);
    EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace dmaload::cli
