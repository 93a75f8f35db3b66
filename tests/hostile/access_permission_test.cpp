// SPDX-License-Identifier: Apache-2.0
// Contract, rule 8: whoever may refuse a read (fanotify's FAN_ACCESS_PERM) is
// asked at each of the engine's reads, and his refusal ends the load.
#include <cerrno>
#include <string>

#include <unistd.h>

#include "support/fixture.hpp"
#include "support/guardian.hpp"
#include "support/ranges.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::Guardian;
using contract::megabyte;
using contract::Outcome;
using contract::UniqueFd;

// Several batches; and one whose size is not whole blocks.
constexpr std::uint64_t size = 12 * megabyte + 77;

class AccessPermissionTest : public contract::PlaceTest {
protected:
    void SetUp() override
    {
        PlaceTest::SetUp();
        if (IsSkipped())
            return;
        if (const std::string reason = Guardian::why_not(); !reason.empty())
            GTEST_SKIP() << reason;
    }
};

TEST_P(AccessPermissionTest, IsAskedAtEachRead)
{
    const contract::TemporaryFile file(folder(), size);
    const Guardian guardian(file.path(), 1'000'000);
    const UniqueFd fd = open(file);  // only what is opened while somebody watches is watched
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(contract::holds_pattern(loaded.dmabuf.get(), size, 1));
    EXPECT_GT(guardian.asked(), 1) << "it was asked once, not for each batch";
}

TEST_P(AccessPermissionTest, RefusalOfTheFirstReadIsTheError)
{
    const contract::TemporaryFile file(folder(), size);
    const Guardian guardian(file.path(), 0);
    const UniqueFd fd = open(file);
    alignas(4096) static char bytes[4096];
    ASSERT_EQ(::pread(fd.get(), bytes, sizeof(bytes), 0), -1);
    ASSERT_EQ(Errno{errno}, Errno{EPERM}) << "of read(2)";
    EXPECT_EQ(load(fd.get()).error, Errno{EPERM});
}

TEST_P(AccessPermissionTest, RefusalInTheMiddleEndsTheLoadAndLeavesNothing)
{
    const contract::TemporaryFile file(folder(), size);
    const contract::MemoryWatch memory;
    for (const int allowed : {1, 2, 3}) {
        const Guardian guardian(file.path(), allowed);
        const UniqueFd fd = open(file);
        for (int round = 0; round < 5; ++round) {
            const int number = contract::next_fd();
            const int before = guardian.asked();
            EXPECT_EQ(load(fd.get()).error, Errno{EPERM}) << allowed << " reads were allowed";
            EXPECT_GE(guardian.asked(), round == 0 ? allowed + 1 : before + 1);
            EXPECT_EQ(contract::next_fd(), number) << "a descriptor is left";
            EXPECT_TRUE(dmabufs_are_gone());
        }
    }
    EXPECT_TRUE(memory.returned());
}

TEST_P(AccessPermissionTest, RefusalOfOneFileEndsTheLoadOfMany)
{
    const contract::TemporaryFile free(folder(), 3 * megabyte, 2);
    const contract::TemporaryFile guarded(folder(), size);
    const Guardian guardian(guarded.path(), 1);
    const UniqueFd free_fd = open(free);
    const UniqueFd guarded_fd = open(guarded);
    const std::vector<contract::Piece> pieces{
        {.fd = free_fd.get(), .seed = 2, .length = 2 * megabyte},
        {.fd = guarded_fd.get(), .length = size, .buffer_offset = 2 * megabyte},
        {.fd = free_fd.get(), .seed = 2, .length = 3 * megabyte, .buffer_offset = 16 * megabyte}};
    EXPECT_EQ(contract::read_ranges(heap(), contract::request_for(pieces)).error, Errno{EPERM});
    EXPECT_TRUE(dmabufs_are_gone());
}

INSTANTIATE_TEST_SUITE_P(All, AccessPermissionTest, ::testing::ValuesIn(contract::all_places()),
                         contract::place_name);

}  // namespace
}  // namespace hostile
