// SPDX-License-Identifier: Apache-2.0
// Contract, rule 3: no descriptor left is found out before anything is
// allocated or read, and costs nothing.
#include <cerrno>

#include <fcntl.h>

#include "support/block.hpp"
#include "support/fixture.hpp"
#include "support/limits.hpp"

namespace contract {
namespace {

using ExhaustionTest = PlaceTest;

TEST_P(ExhaustionTest, EmfileReadsNothing)
{
    constexpr std::uint64_t size = 16 * megabyte;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    const std::string name = device_of(folder()).substr(std::string("/dev/").size());
    drop_caches();

    const std::uint64_t before = sectors_read(name);
    {
        const NoMoreFds limit;
        EXPECT_EQ(load(fd.get()).error, Errno{EMFILE});
    }
    // What else may be read meanwhile is metadata.
    EXPECT_LT((sectors_read(name) - before) * 512, size / 8);

    // The same file and device count when there is a descriptor.
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_GE((sectors_read(name) - before) * 512, size);
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

TEST_P(ExhaustionTest, EmfileLeaksNothing)
{
    const TemporaryFile file(folder(), 8 * megabyte);
    const UniqueFd fd = open(file);
    const MemoryWatch memory;
    {
        const NoMoreFds limit;
        for (int i = 0; i < 50; ++i)
            ASSERT_EQ(load(fd.get()).error, Errno{EMFILE});
    }
    EXPECT_TRUE(memory.returned());
}

INSTANTIATE_TEST_SUITE_P(Disks, ExhaustionTest, ::testing::ValuesIn(disk_places()), place_name);

}  // namespace
}  // namespace contract
