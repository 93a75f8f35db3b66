// SPDX-License-Identifier: Apache-2.0
// The checks come in a fixed order, so that a probe can tell what is missing:
// flags, reserved, op, fd, type, size; then the descriptor is reserved.
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/limits.hpp"

namespace contract {
namespace {

using OrderTest = ContractTest;

// Both are EINVAL on the system heap; a heap without the op tells them apart
// from what comes behind the op.
TEST_F(OrderTest, FlagsAndReservedBeforeTheOp)
{
    const auto name = heap_without_reading();
    if (!name)
        GTEST_SKIP() << "every heap here can read files";
    const UniqueFd other = open_heap(*name);
    EXPECT_EQ(alloc_read(other.get(), {.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE | 2}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(other.get(), {.fd_flags = O_RDWR | O_NONBLOCK}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(other.get(), {.fd = 3}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(other.get(), {.reserved = 1}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(other.get(), {}).error, Errno{EOPNOTSUPP});
}

TEST_F(OrderTest, OpBeforeTheFile)
{
    const auto name = heap_without_reading();
    if (!name)
        GTEST_SKIP() << "every heap here can read files";
    const UniqueFd other = open_heap(*name);
    const UniqueFd folder = open_file("/dev/shm", O_RDONLY | O_DIRECTORY);
    const TemporaryFile empty("/dev/shm", 0);
    const UniqueFd nothing = empty.open(O_RDONLY);
    for (const int file : {-1, folder.get(), nothing.get()})
        EXPECT_EQ(alloc_read(other.get(), file).error, Errno{EOPNOTSUPP});
}

TEST_F(OrderTest, FlagsAndReservedBeforeTheFd)
{
    EXPECT_EQ(alloc_read(heap(), {.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE | 2}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(heap(), {.fd_flags = O_RDWR | O_NONBLOCK}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(heap(), {.fd = 3}).error, Errno{EINVAL});
    EXPECT_EQ(alloc_read(heap(), {.reserved = 1}).error, Errno{EINVAL});
}

TEST_F(OrderTest, FdBeforeTheType)
{
    const UniqueFd folder = open_file("/dev/shm", O_PATH | O_DIRECTORY);
    EXPECT_EQ(load(folder.get()).error, Errno{EBADF});
    const UniqueFd device = open_file("/dev/null", O_WRONLY);
    EXPECT_EQ(load(device.get()).error, Errno{EBADF});
}

TEST_F(OrderTest, FdBeforeTheSize)
{
    const TemporaryFile empty("/dev/shm", 0);
    const UniqueFd fd = empty.open(O_WRONLY);
    EXPECT_EQ(load(fd.get()).error, Errno{EBADF});
}

TEST_F(OrderTest, EverythingBeforeTheReservation)
{
    const TemporaryFile empty("/dev/shm", 0);
    const UniqueFd nothing = empty.open(O_RDONLY);
    const UniqueFd folder = open_file("/dev/shm", O_RDONLY | O_DIRECTORY);
    const TemporaryFile sparse("/dev/shm", 1);
    ASSERT_EQ(::truncate(sparse.path().c_str(), 1LL << 40), 0);
    const UniqueFd terabyte = sparse.open(O_RDONLY);

    const NoMoreFds limit;
    EXPECT_EQ(load(-1).error, Errno{EBADF});
    EXPECT_EQ(load(folder.get()).error, Errno{EINVAL});
    EXPECT_EQ(load(nothing.get()).error, Errno{EINVAL});
    EXPECT_EQ(load(terabyte.get()).error, Errno{ENOMEM});
}

}  // namespace
}  // namespace contract
