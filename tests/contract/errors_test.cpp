// SPDX-License-Identifier: Apache-2.0
// Contract, rule 2: which files are taken, and the exact errno for all others.
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture.hpp"

namespace contract {
namespace {

class ErrorsTest : public ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        file_.emplace("/dev/shm", 10000);
    }
    void TearDown() override
    {
        file_.reset();
        ContractTest::TearDown();
    }
    [[nodiscard]] const TemporaryFile& file() const { return *file_; }

private:
    std::optional<TemporaryFile> file_;
};

TEST_F(ErrorsTest, ProbeWithoutAFileIsEbadf)
{
    EXPECT_EQ(load(-1).error, Errno{EBADF});
}

TEST_F(ErrorsTest, HeapWithoutTheOpIsEopnotsupp)
{
    const auto name = heap_without_reading();
    if (!name)
        GTEST_SKIP() << "every heap here can read files";
    const UniqueFd other = open_heap(*name);
    EXPECT_EQ(alloc_read(other.get(), -1).error, Errno{EOPNOTSUPP});
    const UniqueFd fd = file().open(O_RDONLY);
    EXPECT_EQ(alloc_read(other.get(), fd.get()).error, Errno{EOPNOTSUPP});
    EXPECT_EQ(alloc(other.get(), 4096).error, Errno{}) << "plain allocation from that heap";
}

TEST_F(ErrorsTest, DescriptorThatIsNotOpen)
{
    const int closed = next_fd();
    EXPECT_EQ(load(closed).error, Errno{EBADF});
    EXPECT_EQ(load(INT_MAX).error, Errno{EBADF});
    EXPECT_EQ(load(INT_MIN).error, Errno{EBADF});
    EXPECT_EQ(load(AT_FDCWD).error, Errno{EBADF});
}

TEST_F(ErrorsTest, WriteOnly)
{
    const UniqueFd fd = file().open(O_WRONLY);
    EXPECT_EQ(load(fd.get()).error, Errno{EBADF});
}

TEST_F(ErrorsTest, PathOnly)
{
    const UniqueFd fd = file().open(O_PATH);
    EXPECT_EQ(load(fd.get()).error, Errno{EBADF});
}

TEST_F(ErrorsTest, Pipe)
{
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    EXPECT_EQ(load(read_end.get()).error, Errno{EINVAL});
    EXPECT_EQ(load(write_end.get()).error, Errno{EBADF}) << "not readable comes before the type";
}

TEST_F(ErrorsTest, Socket)
{
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd one(ends[0]);
    const UniqueFd other(ends[1]);
    EXPECT_EQ(load(one.get()).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, Directory)
{
    const UniqueFd fd = open_file("/dev/shm", O_RDONLY | O_DIRECTORY);
    EXPECT_EQ(load(fd.get()).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, Eventfd)
{
    const UniqueFd fd(::eventfd(1, EFD_CLOEXEC));
    ASSERT_TRUE(fd);
    EXPECT_EQ(load(fd.get()).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, CharacterDevices)
{
    for (const char* path : {"/dev/zero", "/dev/null"}) {
        const UniqueFd fd = open_file(path, O_RDONLY);
        EXPECT_EQ(load(fd.get()).error, Errno{EINVAL}) << path;
    }
}

TEST_F(ErrorsTest, TheHeapItself)
{
    EXPECT_EQ(load(heap()).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, DmaBuf)
{
    const Outcome buffer = alloc(heap(), 4096);
    ASSERT_EQ(buffer.error, Errno{});
    EXPECT_EQ(load(buffer.dmabuf.get()).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, FileOfProcWithoutASize)
{
    const UniqueFd fd = open_file("/proc/self/status", O_RDONLY);
    EXPECT_EQ(load(fd.get()).error, Errno{EINVAL}) << "a size of 0, though there is something to read";
}

TEST_F(ErrorsTest, EmptyFile)
{
    for (const std::string& folder : test_folders()) {
        if (::access(folder.c_str(), W_OK) != 0)
            continue;
        const TemporaryFile empty(folder, 0);
        for (const int flags : {O_RDONLY, O_RDONLY | O_DIRECT}) {
            const UniqueFd fd = empty.open(flags);
            EXPECT_EQ(load(fd.get()).error, Errno{EINVAL}) << folder;
        }
    }
}

TEST_F(ErrorsTest, UnknownHeapFlags)
{
    const UniqueFd fd = file().open(O_RDONLY);
    for (int bit = 1; bit < 64; ++bit) {
        const Request request{.file_fd = fd.get(),
                              .heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE | (1ULL << bit)};
        EXPECT_EQ(alloc_read(heap(), request).error, Errno{EINVAL}) << "bit " << bit;
    }
}

TEST_F(ErrorsTest, UnknownFdFlags)
{
    const UniqueFd fd = file().open(O_RDONLY);
    for (const unsigned int flag :
         {O_NONBLOCK + 0U, O_DIRECT + 0U, O_APPEND + 0U, O_PATH + 0U, O_TRUNC + 0U, 1U << 31}) {
        const Request request{.file_fd = fd.get(), .fd_flags = O_RDWR | O_CLOEXEC | flag};
        EXPECT_EQ(alloc_read(heap(), request).error, Errno{EINVAL}) << "flag " << flag;
    }
}

TEST_F(ErrorsTest, FdFieldNotZero)
{
    const UniqueFd fd = file().open(O_RDONLY);
    EXPECT_EQ(alloc_read(heap(), {.file_fd = fd.get(), .fd = 1}).error, Errno{EINVAL});
}

TEST_F(ErrorsTest, ReservedNotZero)
{
    const UniqueFd fd = file().open(O_RDONLY);
    for (const std::uint32_t reserved : {1U, 0x80000000U, 0xffffffffU})
        EXPECT_EQ(alloc_read(heap(), {.file_fd = fd.get(), .reserved = reserved}).error, Errno{EINVAL})
            << reserved;
}

// Allocated at once, it would take all memory before it could fail.
TEST_F(ErrorsTest, SparseFileLargerThanMemory)
{
    for (const std::uint64_t terabytes : {1ULL, 64ULL}) {
        const TemporaryFile sparse("/dev/shm", 1);
        if (::truncate(sparse.path().c_str(), static_cast<off_t>(terabytes << 40)) != 0)
            GTEST_SKIP() << "tmpfs takes no file of " << terabytes << " TiB";
        const UniqueFd fd = sparse.open(O_RDONLY);
        EXPECT_EQ(load(fd.get()).error, Errno{ENOMEM}) << terabytes << " TiB";
    }
}

TEST_F(ErrorsTest, SparseFileLargerThanMemoryOnEachDisk)
{
    for (const Place& place : disk_places()) {
        const TemporaryFile sparse(place.folder, 1);
        // ext4 with 4 KB blocks ends at 16 TiB, f2fs at 3.94.
        ASSERT_EQ(::truncate(sparse.path().c_str(), 3LL << 40), 0) << place.folder;
        const UniqueFd fd = sparse.open(place.open_flags());
        EXPECT_EQ(load(fd.get()).error, Errno{ENOMEM}) << place.folder;
    }
}

TEST_F(ErrorsTest, SizeThatDoesNotFitPageAligned)
{
    const TemporaryFile huge("/dev/shm", 1);
    if (::truncate(huge.path().c_str(), LLONG_MAX) != 0)
        GTEST_SKIP() << "tmpfs takes no file of LLONG_MAX bytes";
    const UniqueFd fd = huge.open(O_RDONLY);
    EXPECT_EQ(load(fd.get()).error, Errno{EFBIG});
}

}  // namespace
}  // namespace contract
