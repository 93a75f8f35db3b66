// SPDX-License-Identifier: Apache-2.0
#include <bench/free_blocks.hpp>

#include <gtest/gtest.h>

#include <string>

namespace dmaload::bench {
namespace {

TEST(BenchFreeBlocks, LinesOfMoreOrdersThanANumberHasBitsAreLeftOut)
{
    std::string line = "Node 0, zone   Normal";
    for (int order = 0; order < 64; ++order)
        line += " 1";
    const FreeBlocks most = parse_free_blocks(line);
    EXPECT_EQ(most.size(), 64U);
    EXPECT_EQ(free_pages_from(most, 0), ~std::uint64_t{0});
    EXPECT_EQ(free_pages_from(most, 63), std::uint64_t{1} << 63U);
    EXPECT_TRUE(parse_free_blocks(line + " 1").empty());
}

}  // namespace
}  // namespace dmaload::bench
