// SPDX-License-Identifier: Apache-2.0
#include <bench/reproduce.hpp>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;

json run_of(const char* scenario, json notes)
{
    return {{"scenario", scenario}, {"context", {{"notes", std::move(notes)}}}};
}

std::string command_for(const std::vector<json>& runs)
{
    json result = testing::empty_result();
    result["contexts"] = runs;
    return reproduce_command(result);
}

TEST(BenchReproduce, TheCommandThatWasKeptIsTheOne)
{
    const std::string kept = "scripts/bench --scenario busy --while 'make -j2'";
    EXPECT_EQ(command_for({run_of("busy", {{"revision", "abc123"}, {"command", kept}})}),
              "git checkout abc123 && " + kept);
    EXPECT_EQ(command_for({run_of("default", {{"command", "dmaload bench model.gguf"}})}),
              "dmaload bench model.gguf");
}

TEST(BenchReproduce, LocalChangesAreSaid)
{
    EXPECT_EQ(command_for({run_of("phone-like", {{"revision", "abc123-dirty"}})}),
              "git checkout abc123 && make bench  # measured with local changes beyond that commit");
}

TEST(BenchReproduce, RunsOfOneScenarioAreOneCommand)
{
    const json notes = {{"revision", "abc123"}};
    EXPECT_EQ(command_for({run_of("unthrottled", notes), run_of("phone-like", notes)}),
              "git checkout abc123 && make bench");
    EXPECT_EQ(command_for({run_of("calibration", notes), run_of("seed-table", notes)}),
              "git checkout abc123 && make bench SCENARIO=seed-table");
    EXPECT_EQ(command_for({run_of("calibration", notes), run_of("rate-1-of-4", notes),
                           run_of("rate-unthrottled", notes)}),
              "git checkout abc123 && make bench SCENARIO=rates");
    EXPECT_EQ(command_for({run_of("eaten-0", notes), run_of("eaten-75", notes)}),
              "git checkout abc123 && make bench SCENARIO=pressure");
}

TEST(BenchReproduce, WhatWasNotKeptIsNotMadeUp)
{
    EXPECT_EQ(command_for({run_of("default", json::object())}),
              "dmaload bench  # with which options was not kept");
}

TEST(BenchReproduce, ContextOfAnotherShapeGivesNoCommand)
{
    const json odd = {{"context", {{"notes", 5}}}};
    EXPECT_EQ(command_for({odd}), "");
    EXPECT_EQ(command_for({run_of("default", {{"command", 5}})}), "");
}

}  // namespace
}  // namespace dmaload::bench
