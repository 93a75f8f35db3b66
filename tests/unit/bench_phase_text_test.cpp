// SPDX-License-Identifier: Apache-2.0
#include <bench/phase_text.hpp>
#include <bench/table.hpp>

#include <gtest/gtest.h>

#include "bench_fixtures.hpp"

namespace dmaload::bench {
namespace {

using nlohmann::json;

TEST(BenchPhaseText, PhasesAreThoseOfTheTrace)
{
    json result = testing::empty_result();
    testing::add_samples(result, {.method = "alloc-read", .mode = "direct", .first_ns = 100e6});
    testing::add_samples(result, {.method = "udmabuf", .mode = "direct", .first_ns = 200e6});
    for (json& sample : result["samples"]) {
        const bool traced = sample["method"] == "alloc-read";
        sample["phases_from"] = traced ? "trace" : "load";
        sample["phases"] = {
            {"alloc_ns", 1000000}, {"submit_ns", 2000000}, {"wait_ns", 96000000}, {"map_ns", 500000}};
    }
    const Group group = analyse(result).value().front();
    const std::string text = render_phases(group);
    EXPECT_EQ(
        text,
        "  phases of alloc-read direct, in a traced load: alloc 1.00 ms, submit 2.00 ms, wait 96.0 ms, map "
        "0.500 ms\n");
    EXPECT_NE(render_group(group).find(text), std::string::npos);
    EXPECT_EQ(phase_cells(*group.find("udmabuf", "direct")), std::vector<std::string>(4, "-"));
}

}  // namespace
}  // namespace dmaload::bench
