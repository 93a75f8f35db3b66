// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: of several things that are wrong, the one that is
// checked first is told. Neighbours with the same errno cannot be told apart.
#include <cerrno>

#include "support/limits.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

class RangesOrderTest : public RangesTest {
protected:
    void SetUp() override
    {
        RangesTest::SetUp();
        file_.emplace("/dev/shm", 4096);
        fd_ = file_->open(O_RDONLY);
    }
    void TearDown() override
    {
        fd_.reset();
        file_.reset();
        RangesTest::TearDown();
    }
    [[nodiscard]] Range good(std::uint64_t buffer_offset = 0) const
    {
        return range(fd_.get(), 0, 100, buffer_offset);
    }
    static Range not_open() { return range(-1, 0, 1, 0); }

    static constexpr std::uint64_t no_buffer = 1ULL << 63;
    static constexpr std::uint64_t no_memory = 1ULL << 45;
    static constexpr std::size_t larger = sizeof(dma_heap_allocate_read_data) + 8;
    const std::vector<std::byte> unknown = {std::byte{1}};

private:
    std::optional<TemporaryFile> file_;
    UniqueFd fd_;
};

TEST_F(RangesOrderTest, UnknownTailBeforeAllElse)
{
    EXPECT_EQ(error_of({.ranges = {not_open()}, .size = larger, .tail = unknown}), Errno{E2BIG});
    EXPECT_EQ(error_of({.fd_flags = O_NONBLOCK, .size = larger, .tail = unknown}), Errno{E2BIG});
    EXPECT_EQ(error_of({.heap_flags = 1, .reserved = 1, .size = larger, .tail = unknown}), Errno{E2BIG});
    EXPECT_EQ(error_of({.pointer = nullptr, .count = 1, .size = larger, .tail = unknown}), Errno{E2BIG});
}

TEST_F(RangesOrderTest, ShortStructBeforeTheRanges)
{
    EXPECT_EQ(error_of({.ranges = {not_open()}, .size = larger - 16}), Errno{EINVAL});
    const NoMoreFds limit;
    EXPECT_EQ(error_of({.ranges = {good()}, .size = larger - 16}), Errno{EINVAL});
}

TEST_F(RangesOrderTest, HeapWithoutTheOp)
{
    const auto name = heap_without_reading();
    if (!name)
        GTEST_SKIP() << "every heap here can read files";
    const UniqueFd other = open_heap(*name);
    const auto error = [&](const RangesRequest& request) { return read_ranges(other.get(), request).error; };
    // Flags and reserved before it, all else behind it.
    EXPECT_EQ(error({.ranges = {good()}, .heap_flags = 1}), Errno{EINVAL});
    EXPECT_EQ(error({.ranges = {good()}, .fd_flags = O_NONBLOCK}), Errno{EINVAL});
    EXPECT_EQ(error({.ranges = {good()}, .reserved = 1}), Errno{EINVAL});
    EXPECT_EQ(error({.ranges = {good()}, .size = larger, .tail = unknown}), Errno{E2BIG});
    EXPECT_EQ(error({}), Errno{EOPNOTSUPP});
    EXPECT_EQ(error({.pointer = nullptr, .count = 1}), Errno{EOPNOTSUPP});
    EXPECT_EQ(error({.ranges = {range(-1, 0, 0, 0)}}), Errno{EOPNOTSUPP});
    EXPECT_EQ(error({.ranges = {not_open()}}), Errno{EOPNOTSUPP});
    EXPECT_EQ(error({.ranges = {good()}}), Errno{EOPNOTSUPP});
}

TEST_F(RangesOrderTest, FlagsBeforeTheRanges)
{
    EXPECT_EQ(error_of({.ranges = {not_open()}, .heap_flags = 1}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {not_open()}, .fd_flags = O_NONBLOCK}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {not_open()}, .reserved = 1}), Errno{EINVAL});
    EXPECT_EQ(error_of({.heap_flags = 1, .pointer = nullptr, .count = 1}), Errno{EINVAL});
}

TEST_F(RangesOrderTest, NumberBeforeThePointer)
{
    EXPECT_EQ(error_of({.pointer = nullptr, .count = 0}), Errno{EINVAL});
    EXPECT_EQ(error_of({.pointer = nullptr, .count = DMA_HEAP_READ_MAX_RANGES + 1}), Errno{EINVAL});
    EXPECT_EQ(error_of({.pointer = nullptr, .count = DMA_HEAP_READ_MAX_RANGES}), Errno{EFAULT});
}

TEST_F(RangesOrderTest, PointerBeforeTheSizes)
{
    EXPECT_EQ(error_of({.len = UINT64_MAX, .pointer = nullptr, .count = 1}), Errno{EFAULT});
    const NoMoreFds limit;
    EXPECT_EQ(error_of({.pointer = nullptr, .count = 1}), Errno{EFAULT});
}

TEST_F(RangesOrderTest, NumbersOfARangeBeforeItsFile)
{
    EXPECT_EQ(error_of({.ranges = {range(-1, 0, 1, 0, 1)}}), Errno{EINVAL}) << "reserved";
    EXPECT_EQ(error_of({.ranges = {range(-1, 0, 0, 0)}}), Errno{EINVAL}) << "length 0";
    EXPECT_EQ(error_of({.ranges = {range(-1, UINT64_MAX, 1, 0)}}), Errno{EINVAL}) << "overflow in the file";
    EXPECT_EQ(error_of({.ranges = {range(-1, 0, 1, UINT64_MAX)}}), Errno{EINVAL}) << "overflow in the buffer";
}

TEST_F(RangesOrderTest, DescriptorBeforeTheType)
{
    const UniqueFd folder = open_file("/dev/shm", O_PATH | O_DIRECTORY);
    EXPECT_EQ(error_of({.ranges = {range(folder.get(), 0, 1, 0)}}), Errno{EBADF});
    const UniqueFd device = open_file("/dev/null", O_WRONLY);
    EXPECT_EQ(error_of({.ranges = {range(device.get(), 0, 1, 0)}}), Errno{EBADF});
}

TEST_F(RangesOrderTest, DescriptorBeforeTheEndOfTheFile)
{
    const TemporaryFile empty("/dev/shm", 0);
    const UniqueFd fd = empty.open(O_WRONLY);
    EXPECT_EQ(error_of({.ranges = {range(fd.get(), 0, 1, 0)}}), Errno{EBADF});
}

TEST_F(RangesOrderTest, RangesAreCheckedAsGiven)
{
    const Range beyond_end = range(good().file_fd, 4096, 1, 4096);
    const Range length_zero = range(good().file_fd, 0, 0, 0);
    EXPECT_EQ(error_of({.ranges = {not_open(), beyond_end}}), Errno{EBADF});
    EXPECT_EQ(error_of({.ranges = {beyond_end, not_open()}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {not_open(), length_zero}}), Errno{EBADF});
    EXPECT_EQ(error_of({.ranges = {length_zero, not_open()}}), Errno{EINVAL});
    // Sorted by place it would come first.
    EXPECT_EQ(error_of({.ranges = {range(-1, 0, 1, 8192), length_zero}}), Errno{EBADF});
}

TEST_F(RangesOrderTest, EachRangeBeforeTheirPlaces)
{
    EXPECT_EQ(error_of({.ranges = {good(), good(), not_open()}}), Errno{EBADF}) << "overlap";
    EXPECT_EQ(error_of({.ranges = {good(), not_open()}, .len = 1}), Errno{EBADF}) << "small buffer";
    EXPECT_EQ(error_of({.ranges = {good(no_buffer), not_open()}}), Errno{EBADF}) << "no such buffer";
}

TEST_F(RangesOrderTest, PlacesBeforeTheSizes)
{
    EXPECT_EQ(error_of({.ranges = {good(no_buffer), good(no_buffer)}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(no_buffer)}, .len = 4096}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(no_memory), good(no_memory)}}), Errno{EINVAL});
}

TEST_F(RangesOrderTest, EverythingBeforeTheReservation)
{
    const NoMoreFds limit;
    EXPECT_EQ(error_of({.ranges = {good()}, .size = larger, .tail = unknown}), Errno{E2BIG});
    EXPECT_EQ(error_of({.ranges = {good()}, .heap_flags = 1}), Errno{EINVAL});
    EXPECT_EQ(error_of({}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {not_open()}}), Errno{EBADF});
    EXPECT_EQ(error_of({.ranges = {good(), good()}}), Errno{EINVAL});
    EXPECT_EQ(error_of({.ranges = {good(no_buffer)}}), Errno{EFBIG});
    EXPECT_EQ(error_of({.ranges = {good(no_memory)}}), Errno{ENOMEM});
    EXPECT_EQ(error_of({.ranges = {good()}}), Errno{EMFILE});
}

}  // namespace
}  // namespace contract
