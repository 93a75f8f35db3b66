// SPDX-License-Identifier: Apache-2.0
#include "write_access.hpp"

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "support/heap.hpp"

namespace importers {
namespace {

int sync(int dmabuf, std::uint64_t flags)
{
    dma_buf_sync argument{flags | DMA_BUF_SYNC_WRITE};
    return ::ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &argument);
}

}  // namespace

WriteAccess::WriteAccess(int dmabuf) : dmabuf_(dmabuf)
{
    const std::size_t size = contract::dmabuf_size(dmabuf);
    void* const address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
    if (address == MAP_FAILED)
        contract::throw_errno("mmap of a dma-buf");
    bytes_ = {static_cast<std::byte*>(address), size};
    EXPECT_EQ(sync(dmabuf_, DMA_BUF_SYNC_START), 0);
}

WriteAccess::~WriteAccess()
{
    EXPECT_EQ(sync(dmabuf_, DMA_BUF_SYNC_END), 0);
    ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace importers
