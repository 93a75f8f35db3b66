// SPDX-License-Identifier: Apache-2.0
#include <bench/guardian.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

using BenchGuardian = testing::InTemporaryFolder;

TEST_F(BenchGuardian, DoesAllThatItCanAndOnlyInTheEnd)
{
    write("setting", "9");
    const std::string made = folder_ + "/made";
    std::filesystem::create_directory(made);
    {
        const auto guardian = Guardian::start({{.path = folder_ + "/missing/file", .text = "1"},
                                               {.path = folder_ + "/setting", .text = "3"},
                                               {.path = made, .text = std::nullopt}});
        ASSERT_TRUE(guardian);
        EXPECT_EQ(read("setting"), "9");
        EXPECT_TRUE(std::filesystem::exists(made));
    }
    EXPECT_EQ(read("setting"), "3");
    EXPECT_FALSE(std::filesystem::exists(made));
}

TEST_F(BenchGuardian, HoldsNoDescriptorOfItsParent)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto guardian = Guardian::start({});
    ASSERT_TRUE(guardian);
    close(ends[1]);
    char byte = 0;
    EXPECT_EQ(::read(ends[0], &byte, 1), 0) << "whoever waits for our end must not wait for the guardian's";
    close(ends[0]);
}

}  // namespace
}  // namespace dmaload::bench
