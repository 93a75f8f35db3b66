// SPDX-License-Identifier: Apache-2.0
// Contract, rule 4: every byte of the buffer is the file's or zero.
#include <fcntl.h>
#include <unistd.h>

#include "support/fixture.hpp"

namespace contract {
namespace {

using ContentTest = PlaceTest;

TEST_P(ContentTest, SizesAroundEveryUnit)
{
    // Blocks, pages, the largest heap page, first batch, batch.
    for (const std::uint64_t unit :
         {std::uint64_t{512}, std::uint64_t{4096}, 64 * kilobyte, 256 * kilobyte, megabyte, 8 * megabyte})
        for (const std::uint64_t size : {unit - 1, unit, unit + 1}) {
            const TemporaryFile file(folder(), size, size);
            const UniqueFd fd = open(file);
            const Outcome loaded = load(fd.get());
            ASSERT_EQ(loaded.error, Errno{}) << size << " bytes";
            EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, size));
        }
}

TEST_P(ContentTest, OneByte)
{
    const TemporaryFile file(folder(), 1);
    const UniqueFd fd = open(file);
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), 1, 1));
}

TEST_P(ContentTest, SeveralBatches)
{
    for (const std::uint64_t size : {24 * megabyte + 1, 64 * megabyte}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
}

TEST_P(ContentTest, HolesAndUnwrittenBlocksAreZero)
{
    constexpr std::uint64_t size = 6 * megabyte + 123;
    const TemporaryFile file(folder(), 0);
    ASSERT_EQ(::truncate(file.path().c_str(), size), 0);
    write_pattern(file.path(), 100, 1, 0);
    {
        const UniqueFd writer = file.open(O_WRONLY);
        // Allocated and not written; not every filesystem can do that.
        static_cast<void>(::fallocate(writer.get(), 0, megabyte, megabyte));
    }
    write_pattern(file.path(), 5000, 1, 3 * megabyte + 777);
    forget_pages(file.path());
    const UniqueFd fd = open(file);
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_file(loaded.dmabuf.get(), file.path()));
}

TEST_P(ContentTest, DirtyPagesAreSeen)
{
    constexpr std::uint64_t size = 3 * megabyte + 9;
    const TemporaryFile file(folder(), size, 1);
    const UniqueFd fd = open(file);
    {
        const UniqueFd writer = file.open(O_WRONLY);
        const std::string text(10000, 'x');
        ASSERT_EQ(::pwrite(writer.get(), text.data(), text.size(), megabyte - 5),
                  static_cast<ssize_t>(text.size()));
    }
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_file(loaded.dmabuf.get(), file.path()));
}

TEST_P(ContentTest, UnlinkedFile)
{
    constexpr std::uint64_t size = megabyte + 1;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    ASSERT_EQ(::unlink(file.path().c_str()), 0);
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

TEST_P(ContentTest, WriterIsNoObstacle)
{
    constexpr std::uint64_t size = megabyte + 1;
    const TemporaryFile file(folder(), size);
    const UniqueFd writer = file.open(O_RDWR);
    const UniqueFd both = file.open(O_RDWR | (GetParam().direct ? O_DIRECT : 0));
    const Outcome loaded = load(both.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

// Memory that held something else before must not show through.
TEST_P(ContentTest, NothingOfEarlierBuffersIsLeft)
{
    const TemporaryFile full(folder(), 16 * megabyte, 77);
    const TemporaryFile small(folder(), 4097, 1);
    for (int i = 0; i < 5; ++i) {
        {
            const UniqueFd fd = open(full);
            const Outcome loaded = load(fd.get());
            ASSERT_EQ(loaded.error, Errno{});
        }
        const UniqueFd fd = open(small);
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), 4097, 1));
    }
}

TEST_P(ContentTest, RepeatedLoadsLeakNoMemory)
{
    const TemporaryFile file(folder(), 4 * megabyte + 1);
    const UniqueFd fd = open(file);
    const MemoryWatch memory;
    for (int i = 0; i < 25; ++i)
        ASSERT_EQ(load(fd.get()).error, Errno{});
    EXPECT_TRUE(memory.returned());
}

INSTANTIATE_TEST_SUITE_P(All, ContentTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
