// SPDX-License-Identifier: Apache-2.0
#include <bench/stage_text.hpp>
#include <bench/stages.hpp>
#include <bench/table.hpp>
#include <bench/verdict.hpp>

#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench::stage_texts {
namespace {

using nlohmann::json;

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// Every stage halves the time but the third, which changes nothing.
json staged_result()
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "mmap-read", .mode = "buffered", .first_ns = 2000e6});
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 100e6});
    testing::add_samples(result, {.method = "alloc-read:bvec", .mode = "direct", .first_ns = 400e6});
    testing::add_samples(result, {.method = "alloc-read:sync", .mode = "direct", .first_ns = 800e6});
    testing::add_samples(result, {.method = "alloc-read:window", .mode = "direct", .first_ns = 200e6});
    testing::add_samples(result, {.method = "alloc-read:vmap", .mode = "direct", .first_ns = 400e6});
    return result;
}

Group group_of(const json& result)
{
    return analyse(result).value().front();
}

TEST(BenchStageText, EarlierFormsAreNotAmongTheMethods)
{
    const Group group = group_of(staged_result());
    ASSERT_EQ(group.rows.size(), 2U);
    EXPECT_EQ(group.rows[0].method, "alloc-read");
    ASSERT_EQ(group.stages.size(), 4U);
    for (std::size_t i = 0; i < group.stages.size(); ++i)
        EXPECT_EQ(group.stages[i].method, stages()[i].name);
}

TEST(BenchStageText, TableGoesFromFirstToLast)
{
    const std::string text = render_stages(group_of(staged_result()));
    std::size_t last = 0;
    for (const Stage& stage : stages()) {
        const std::size_t at = text.find("  " + std::string(stage.name) + "  ");
        ASSERT_NE(at, std::string::npos) << stage.name << "\n" << text;
        EXPECT_GT(at, last);
        last = at;
    }
    EXPECT_TRUE(contains(text, "2.00x [2.00, 2.00]")) << text;
    EXPECT_TRUE(contains(text, "tie")) << text;
    EXPECT_TRUE(contains(render_group(group_of(staged_result())), text));
}

TEST(BenchStageText, VerdictSaysItInOneSentence)
{
    EXPECT_EQ(
        describe_stages(group_of(staged_result())),
        "Step by step (alloc-read direct; speed is against the step before): each batch is read before the next "
        "is allocated: 800 ms, CPU time 1.00 ms; a batch is read while the next is gathered: 400 ms, speed 2.00x "
        "[2.00, 2.00], CPU time 1.00 ms; pages go to the device without being mapped: 400 ms, the same speed, CPU "
        "time 1.00 ms; several batches in flight: 200 ms, speed 2.00x [2.00, 2.00], CPU time 1.00 ms; pages that "
        "are read into are not cleared: 100 ms, speed 2.00x [2.00, 2.00], CPU time 1.00 ms.");
    EXPECT_TRUE(contains(verdict(analyse(staged_result()).value()), "Step by step"));
}

TEST(BenchStageText, WithoutStagesNothingIsSaid)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 100e6});
    const Group group = group_of(result);
    EXPECT_EQ(render_stages(group), "");
    EXPECT_EQ(describe_stages(group), "");
}

TEST(BenchStageText, StageThatFailsIsARowAndAnError)
{
    json result = staged_result();
    result["failures"] = json::array({{{"scenario", "phone-like"},
                                       {"method", "alloc-read:vmap"},
                                       {"mode", "direct"},
                                       {"size", 268435456},
                                       {"disk_rate", 1000000000},
                                       {"error", "e"}}});
    EXPECT_TRUE(contains(render_group(group_of(result)), "ERROR: alloc-read:vmap direct: 1 loads failed"));
    std::erase_if(result["samples"].get_ref<json::array_t&>(),
                  [](const json& sample) { return sample["method"] == "alloc-read:vmap"; });
    const std::string text = render_stages(group_of(result));
    EXPECT_TRUE(contains(text, "alloc-read:vmap")) << text;
    EXPECT_FALSE(contains(describe_stages(group_of(result)), "while the next is gathered"));
}

}  // namespace
}  // namespace dmaload::bench::stage_texts
