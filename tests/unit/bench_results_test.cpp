// SPDX-License-Identifier: Apache-2.0
#include <bench/results.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class NamedMethod final : public Method {
public:
    std::string_view name() const override { return "fake"; }
    std::string_view summary() const override { return "does nothing"; }
    Result<void> probe(const std::string&, Mode) const override { return {}; }
    Result<Loaded> load(const LoadRequest&) const override { return fail("load", "nothing", 0); }
};

class BenchResults : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = ::testing::TempDir() + "dmaload-results-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    json sample(int round) const
    {
        Sample sample;
        sample.total = 1234567ns;
        sample.cpu = 1000ns;
        sample.path_taken = Path::direct;
        sample.device_read = 4096;
        return sample_record(label_, subject_, 4096, round, sample, 17ns, 8192);
    }

    NamedMethod method_;
    Subject subject_{.method = &method_, .mode = Mode::direct, .heap = "system"};
    RunLabel label_{.scenario = "phone-like", .disk_rate = 1000000000};
    std::string directory_;
};

TEST_F(BenchResults, JournalBecomesTheResultWithItsSpine)
{
    const std::string path = directory_ + "/a.jsonl";
    auto journal = Journal::create(path);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->append(context_record(label_, {{"kernel", "6.12"}})));
    ASSERT_TRUE(journal->append(unavailable_record(label_, subject_, "because")));
    ASSERT_TRUE(journal->append(limit_record(label_, 4096, {.total = 4096ns, .by = "disk model"})));
    ASSERT_TRUE(journal->append(sample(1)));
    ASSERT_TRUE(journal->append(end_record(label_, "done")));

    const auto result = load_result(path);
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ((*result)["schema"], 1);
    EXPECT_EQ((*result)["context"]["kernel"], "6.12");
    EXPECT_EQ((*result)["unavailable"][0]["method"], "fake");
    EXPECT_EQ((*result)["unavailable"][0]["reason"], "because");
    const json& limit = (*result)["limits"][0];
    EXPECT_EQ(limit["total_ns"], 4096);
    EXPECT_EQ(limit["by"], "disk model");
    EXPECT_EQ(limit["disk_rate"], 1000000000);
    const json& first = (*result)["samples"][0];
    for (const char* key :
         {"scenario", "method", "mode", "path_taken", "size", "disk_rate", "round", "cold", "verified",
          "total_ns", "cpu_ns", "cpu_resolution_ns", "page_cache_bytes", "extra_memory_bytes", "phases"})
        EXPECT_TRUE(first.contains(key)) << key;
    EXPECT_FALSE(first.contains("kind"));
    EXPECT_EQ(first["mode"], "direct");
    EXPECT_EQ(first["total_ns"], 1234567);
    EXPECT_EQ(first["cold"], true);
    EXPECT_EQ(first["verified"], true);
    EXPECT_TRUE(first["phases"].contains("alloc_ns"));
}

TEST_F(BenchResults, EachLineIsThereAsSoonAsItIsAppended)
{
    const std::string path = directory_ + "/a.jsonl";
    auto journal = Journal::create(path);
    ASSERT_TRUE(journal);
    for (int round = 1; round <= 3; ++round) {
        ASSERT_TRUE(journal->append(sample(round)));
        const auto result = load_result(path);
        ASSERT_TRUE(result);
        EXPECT_EQ((*result)["samples"].size(), static_cast<std::size_t>(round));
    }
}

TEST_F(BenchResults, TornLastLineIsLeftOut)
{
    const std::string path = directory_ + "/a.jsonl";
    std::ofstream(path) << sample(1).dump() << "\n" << sample(2).dump().substr(0, 40);
    const auto result = load_result(path);
    ASSERT_TRUE(result);
    EXPECT_EQ((*result)["samples"].size(), 1U);
}

TEST_F(BenchResults, WrongContentAndColdnessAreSaid)
{
    Sample bad;
    bad.not_cold = "cached";
    bad.wrong = "byte 5 differs";
    const json record =
        sample_record({.scenario = "s", .disk_rate = std::nullopt}, subject_, 1, 2, bad, 1ns, std::nullopt);
    EXPECT_EQ(record["cold"], false);
    EXPECT_EQ(record["verified"], false);
    EXPECT_TRUE(record["disk_rate"].is_null());
    EXPECT_TRUE(record["extra_memory_bytes"].is_null());
}

TEST_F(BenchResults, WrittenResultIsReadBackAndJoined)
{
    const json records[] = {context_record(label_, {{"a", 1}}), sample(1)};
    const json one = assemble(records);
    const json both[] = {one, one};
    const json merged = merge(both);
    EXPECT_EQ(merged["samples"].size(), 2U);
    EXPECT_EQ(merged["contexts"].size(), 2U);
    EXPECT_EQ(merged["schema"], 1);
    EXPECT_EQ(merged["context"]["a"], 1);

    const std::string path = directory_ + "/latest.json";
    ASSERT_TRUE(write_result(path, merged));
    const auto again = load_result(path);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, merged);
}

TEST_F(BenchResults, TracedPhasesAreMarkedAndTheirLoadsKept)
{
    EXPECT_EQ(sample(1)["phases_from"], "load");
    Sample traced;
    traced.phases.wait = 5ns;
    traced.phases_traced = true;
    const json record = sample_record(label_, subject_, 4096, 1, traced, 1ns, std::nullopt);
    EXPECT_EQ(record["phases_from"], "trace");
    EXPECT_EQ(record["phases"]["wait_ns"], 5);

    Timeline timeline;
    timeline.total = 7ns;
    const json records[] = {trace_record(label_, subject_, 4096, timeline, std::nullopt), record};
    const json result = assemble(records);
    ASSERT_EQ(result["traces"].size(), 1U);
    EXPECT_EQ(result["traces"][0]["method"], "fake");
    EXPECT_EQ(result["traces"][0]["size"], 4096);
    EXPECT_EQ(result["traces"][0]["total_ns"], 7);
    EXPECT_EQ(result["samples"].size(), 1U);
}

TEST_F(BenchResults, PredictionStandsBesideTheTracedLoad)
{
    const Prediction prediction{.first_batch = 1ns, .io = 20ns, .rest = 5ns, .last_io = 4ns, .finish = 2ns};
    const json record = trace_record(label_, subject_, 4096, {}, prediction);
    EXPECT_EQ(record["prediction"]["io_ns"], 20);
    EXPECT_EQ(record["prediction"]["total_ns"], 23);
    EXPECT_FALSE(trace_record(label_, subject_, 4096, {}, std::nullopt).contains("prediction"));
}

TEST_F(BenchResults, WhatElseWentOnIsThereWhereItWasSeen)
{
    Sample busy;
    busy.loads = {3ns, 5ns};
    busy.observed = {.neighbours_lost = 7ns, .neighbours_off_cpu = 6ns, .large_free_pages = 0};
    const json record = sample_record(label_, subject_, 8192, 1, busy, 1ns, std::nullopt);
    EXPECT_EQ(record["loads_ns"], json({3, 5}));
    EXPECT_EQ(record["neighbours_lost_ns"], 7);
    EXPECT_EQ(record["neighbours_off_cpu_ns"], 6);
    EXPECT_EQ(record["large_free_pages"], 0);
    for (const char* field : {"loads_ns", "neighbours_lost_ns", "neighbours_off_cpu_ns", "large_free_pages"})
        EXPECT_FALSE(sample(1).contains(field)) << field;
}

TEST_F(BenchResults, StealIsThereWhereTheKernelCountsIt)
{
    EXPECT_FALSE(sample(1).contains("steal_ns"));
    Sample stolen;
    stolen.steal = 20ms;
    EXPECT_EQ(sample_record(label_, subject_, 4096, 1, stolen, 1ns, std::nullopt)["steal_ns"], 20000000);
}

TEST_F(BenchResults, KilledLoadsAreAListOfTheirOwn)
{
    const json records[] = {kill_record(label_, subject_, 4096, {.after = 9ns, .ended = 3ns})};
    const json result = assemble(records);
    ASSERT_EQ(result["kills"].size(), 1U);
    EXPECT_EQ(result["kills"][0]["after_ns"], 9);
    EXPECT_EQ(result["kills"][0]["ended_ns"], 3);
    EXPECT_EQ(result["kills"][0]["finished"], false);
}

TEST_F(BenchResults, StageStandsWhereTheMethodDoes)
{
    subject_.stage = &stages().front();
    EXPECT_EQ(sample(1)["method"], "alloc-read:sync");
    EXPECT_EQ(unavailable_record(label_, subject_, "because")["method"], "alloc-read:sync");
}

TEST_F(BenchResults, LinesOfNoKindAreLeftOut)
{
    const std::string path = directory_ + "/a.jsonl";
    std::ofstream(path) << R"({"kind": 5})" << "\n" << sample(1).dump() << "\n";
    const auto result = load_result(path);
    ASSERT_TRUE(result);
    EXPECT_EQ((*result)["samples"].size(), 1U);
}

TEST_F(BenchResults, OtherFilesAreRefused)
{
    std::ofstream(directory_ + "/x") << "hello\n";
    EXPECT_FALSE(load_result(directory_ + "/x"));
    std::ofstream(directory_ + "/y") << R"({"schema": 99})";
    EXPECT_FALSE(load_result(directory_ + "/y"));
    EXPECT_FALSE(load_result(directory_ + "/missing"));
    EXPECT_FALSE(Journal::create(directory_ + "/no/such/folder"));
}

}  // namespace
}  // namespace dmaload::bench
