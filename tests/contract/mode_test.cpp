// SPDX-License-Identifier: Apache-2.0
// Contract, rule 1: the caller's descriptor decides how the file is read.
#include <atomic>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/fixture.hpp"

namespace contract {
namespace {

/// How many pages of a file are in the page cache.
std::size_t resident_pages(const TemporaryFile& file)
{
    const UniqueFd fd = file.open(O_RDWR);
    void* address = ::mmap(nullptr, file.size(), PROT_READ, MAP_SHARED, fd.get(), 0);
    if (address == MAP_FAILED)
        throw_errno("mmap " + file.path());
    std::vector<unsigned char> pages(round_up(file.size(), page_size()) / page_size());
    const int result = ::mincore(address, file.size(), pages.data());
    ::munmap(address, file.size());
    if (result != 0)
        throw_errno("mincore " + file.path());
    std::size_t resident = 0;
    for (const unsigned char page : pages)
        resident += page & 1U;
    return resident;
}

using ModeTest = PlaceTest;

TEST_P(ModeTest, PositionIsNotUsedAndNotMoved)
{
    constexpr std::uint64_t size = 2 * megabyte + 5;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    for (const off_t position : {off_t{4096}, static_cast<off_t>(size), off_t{1} << 40}) {
        ASSERT_EQ(::lseek(fd.get(), position, SEEK_SET), position);
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
        EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), position);
    }
}

TEST_P(ModeTest, AppendAndSyncDoNotMatter)
{
    constexpr std::uint64_t size = megabyte + 5;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = file.open(O_RDWR | O_APPEND | O_SYNC | (GetParam().direct ? O_DIRECT : 0));
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

// Whatever the flags are when a batch is submitted: the mode was taken at entry.
TEST_P(ModeTest, DirectToggledDuringTheLoad)
{
    constexpr std::uint64_t size = 24 * megabyte + 3;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    const int flags = ::fcntl(fd.get(), F_GETFL);
    std::atomic<bool> done{false};
    std::thread toggler([&] {
        for (int direct = 0; !done; direct ^= O_DIRECT)
            ::fcntl(fd.get(), F_SETFL, (flags & ~O_DIRECT) | direct);
    });
    for (int i = 0; i < 5; ++i) {
        const Outcome loaded = load(fd.get());
        EXPECT_EQ(loaded.error, Errno{});
        if (loaded.error == Errno{}) {
            EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
        }
    }
    done = true;
    toggler.join();
}

INSTANTIATE_TEST_SUITE_P(All, ModeTest, ::testing::ValuesIn(all_places()), place_name);

using PageCacheTest = PlaceTest;

TEST_P(PageCacheTest, DirectLeavesNothingAndBufferedLeavesTheFile)
{
    // A size that no block divides: the last block must be read directly, too.
    for (const std::uint64_t size : {std::uint64_t{8193}, 8 * megabyte + 100}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        drop_caches();
        ASSERT_EQ(resident_pages(file), 0U);
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        const std::size_t all = round_up(size, page_size()) / page_size();
        EXPECT_EQ(resident_pages(file), GetParam().direct ? 0 : all) << size << " bytes";
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
}

INSTANTIATE_TEST_SUITE_P(Disks, PageCacheTest, ::testing::ValuesIn(disk_places()), place_name);

}  // namespace
}  // namespace contract
