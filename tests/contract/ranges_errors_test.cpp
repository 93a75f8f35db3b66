// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: the exact errno for each thing that is refused.
#include <cerrno>
#include <climits>

#include <sys/mman.h>
#include <unistd.h>

#include "support/limits.hpp"
#include "support/protected_page.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

class RangesErrorsTest : public RangesTest {
protected:
    static constexpr std::uint64_t size = 10000;

    void SetUp() override
    {
        RangesTest::SetUp();
        file_.emplace("/dev/shm", size);
        fd_ = file_->open(O_RDONLY);
    }
    void TearDown() override
    {
        fd_.reset();
        file_.reset();
        RangesTest::TearDown();
    }
    /// A right range of 100 bytes, for a request that is wrong elsewhere.
    [[nodiscard]] Range good(std::uint64_t buffer_offset = 0) const { return of(0, 100, buffer_offset); }
    [[nodiscard]] Range of(std::uint64_t file_offset, std::uint64_t length, std::uint64_t buffer_offset) const
    {
        return range(fd_.get(), file_offset, length, buffer_offset);
    }
    [[nodiscard]] const TemporaryFile& file() const { return *file_; }

private:
    std::optional<TemporaryFile> file_;
    UniqueFd fd_;
};

TEST_F(RangesErrorsTest, ProbeIsEbadf)
{
    EXPECT_EQ(error_of({.ranges = {range(-1, 0, 1, 0)}}), Errno{EBADF});
}

TEST_F(RangesErrorsTest, UnknownFlags)
{
    for (const unsigned int flag : {O_NONBLOCK + 0U, O_DIRECT + 0U, O_APPEND + 0U, O_PATH + 0U, 1U << 31})
        EXPECT_EQ(error_of({.ranges = {good()}, .fd_flags = O_RDWR | flag}), Errno{EINVAL}) << flag;
    for (int bit = 0; bit < 64; ++bit)
        EXPECT_EQ(error_of({.ranges = {good()}, .heap_flags = 1ULL << bit}), Errno{EINVAL}) << "bit " << bit;
}

TEST_F(RangesErrorsTest, ReservedNotZero)
{
    for (const std::uint32_t reserved : {1U, 0x80000000U}) {
        EXPECT_EQ(error_of({.ranges = {good()}, .reserved = reserved}), Errno{EINVAL});
        EXPECT_EQ(error_of({.ranges = {good(), range(good().file_fd, 0, 1, 4096, reserved)}}), Errno{EINVAL});
    }
}

TEST_F(RangesErrorsTest, NumberOfRanges)
{
    EXPECT_EQ(error_of({}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good()}, .count = 0}), Errno{EINVAL});
    RangesRequest request;
    for (std::uint64_t i = 0; i < DMA_HEAP_READ_MAX_RANGES + 1; ++i)
        request.ranges.push_back(of(i, 1, i));
    EXPECT_EQ(error_of(request), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good()}, .count = UINT32_MAX}), Errno{EINVAL});
}

TEST_F(RangesErrorsTest, PointerToNowhere)
{
    const ProtectedPage page;
    const Range one = good();
    page.hold(&one, sizeof(one));
    EXPECT_EQ(error_of({.pointer = nullptr, .count = 1}), Errno{EFAULT});
    EXPECT_EQ(error_of({.pointer = page.end(), .count = 1}), Errno{EFAULT});
    EXPECT_EQ(error_of({.pointer = page.end() - sizeof(one) + 1, .count = 1}), Errno{EFAULT});
    // Of as many as are announced.
    EXPECT_EQ(error_of({.pointer = page.address(), .count = DMA_HEAP_READ_MAX_RANGES}), Errno{EFAULT});
    EXPECT_EQ(error_of({.pointer = page.address(), .count = 1}), Errno{});
    page.protect(PROT_NONE);
    EXPECT_EQ(error_of({.pointer = page.address(), .count = 1}), Errno{EFAULT});
}

TEST_F(RangesErrorsTest, LengthZero)
{
    EXPECT_EQ(error_of({.ranges = {of(0, 0, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(), of(size, 0, 4096)}}), Errno{EINVAL});
}

TEST_F(RangesErrorsTest, Overflow)
{
    EXPECT_EQ(error_of({.ranges = {of(UINT64_MAX, 1, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(1, UINT64_MAX, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(0, 100, UINT64_MAX - 99)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(LLONG_MAX, LLONG_MAX, 0)}}), Errno{EINVAL});
}

TEST_F(RangesErrorsTest, Descriptors)
{
    const UniqueFd write_only = file().open(O_WRONLY);
    const UniqueFd path_only = file().open(O_PATH);
    for (const int fd : {-1, INT_MIN, INT_MAX, next_fd(), write_only.get(), path_only.get()}) {
        EXPECT_EQ(error_of({.ranges = {range(fd, 0, 100, 0)}}), Errno{EBADF}) << fd;
        EXPECT_EQ(error_of({.ranges = {good(), range(fd, 0, 100, 4096)}}), Errno{EBADF}) << fd;
    }
}

TEST_F(RangesErrorsTest, Types)
{
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd pipe(ends[0]);
    const UniqueFd other_end(ends[1]);
    const UniqueFd folder = open_file("/dev/shm", O_RDONLY | O_DIRECTORY);
    const UniqueFd zero = open_file("/dev/zero", O_RDONLY);
    for (const int fd : {pipe.get(), folder.get(), zero.get(), heap()}) {
        EXPECT_EQ(error_of({.ranges = {range(fd, 0, 100, 0)}}), Errno{EINVAL}) << fd;
        EXPECT_EQ(error_of({.ranges = {good(), range(fd, 0, 100, 4096)}}), Errno{EINVAL}) << fd;
    }
}

TEST_F(RangesErrorsTest, BeyondTheEndOfTheFile)
{
    EXPECT_EQ(error_of({.ranges = {of(0, size + 1, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(size, 1, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(size - 1, 2, 0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(0, size, 0)}}), Errno{});
    EXPECT_EQ(error_of({.ranges = {of(size - 1, 1, 0)}}), Errno{});
    const TemporaryFile empty("/dev/shm", 0);
    const UniqueFd fd = empty.open(O_RDONLY);
    EXPECT_EQ(error_of({.ranges = {range(fd.get(), 0, 1, 0)}}), Errno{EINVAL});
}

TEST_F(RangesErrorsTest, Overlap)
{
    EXPECT_EQ(error_of({.ranges = {good(0), good(0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(0), good(99)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(99), good(0)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(0, 1000, 4096), of(0, 1, 4596)}}), Errno{EINVAL})
        << "one inside the other";
    EXPECT_EQ(error_of({.ranges = {good(4096), good(0), of(5000, 1, 50)}}), Errno{EINVAL})
        << "not neighbours";
    EXPECT_EQ(error_of({.ranges = {good(100), good(0)}}), Errno{}) << "touching is not overlapping";
}

TEST_F(RangesErrorsTest, BufferSmallerThanTheRangesNeed)
{
    EXPECT_EQ(error_of({.ranges = {of(0, 4097, 0)}, .len = 4096}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(8192), good(0)}, .len = 8192}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {of(0, 4096, 0)}, .len = 4096}), Errno{});
}

TEST_F(RangesErrorsTest, SizesThatNoBufferHas)
{
    EXPECT_EQ(error_of({.ranges = {good(1ULL << 63)}}), Errno{EFBIG});
    EXPECT_EQ(error_of({.ranges = {good()}, .len = 1ULL << 63}), Errno{EFBIG});
    EXPECT_EQ(error_of({.ranges = {good()}, .len = UINT64_MAX}), Errno{EFBIG});
}

// Allocated at once, it would take all memory before it could fail.
TEST_F(RangesErrorsTest, MoreThanTheMachinesMemory)
{
    EXPECT_EQ(error_of({.ranges = {good(1ULL << 45)}}), Errno{ENOMEM});
    EXPECT_EQ(error_of({.ranges = {good()}, .len = 1ULL << 45}), Errno{ENOMEM});
}

TEST_F(RangesErrorsTest, NoDescriptorLeft)
{
    const MemoryWatch memory;
    const TemporaryFile large("/dev/shm", 8 * megabyte);
    const UniqueFd fd = large.open(O_RDONLY);
    {
        const NoMoreFds limit;
        for (int i = 0; i < 25; ++i)
            ASSERT_EQ(error_of({.ranges = {range(fd.get(), 0, 8 * megabyte, 0)}}), Errno{EMFILE});
    }
    EXPECT_EQ(error_of({.ranges = {good()}}), Errno{});
}

}  // namespace
}  // namespace contract
