// SPDX-License-Identifier: Apache-2.0
// The CPU reads and writes a loaded buffer between DMA_BUF_IOCTL_SYNC, with a
// device attached.
#include <array>
#include <cerrno>

#include <linux/dma-buf.h>
#include <sys/ioctl.h>

#include <dmaload/pattern.hpp>

#include "importer_test.hpp"
#include "write_access.hpp"

namespace importers {
namespace {

contract::Errno sync(int dmabuf, std::uint64_t flags)
{
    dma_buf_sync argument{flags};
    return contract::Errno{::ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &argument) < 0 ? errno : 0};
}

using CpuAccessTest = ImporterTest;

constexpr std::array kinds{DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW};

TEST_P(CpuAccessTest, EveryBracketOpensAndCloses)
{
    const DrmDevice device = vgem();
    const contract::UniqueFd dmabuf = load();
    const auto brackets = [&] {
        for (const auto kind : kinds) {
            EXPECT_EQ(sync(dmabuf.get(), DMA_BUF_SYNC_START | kind), contract::Errno{});
            // Another reader in the middle of it.
            EXPECT_TRUE(holds_file(dmabuf.get()));
            EXPECT_EQ(sync(dmabuf.get(), DMA_BUF_SYNC_END | kind), contract::Errno{});
        }
    };
    brackets();
    {
        const BufferObject object = BufferObject::imported(device, dmabuf.get());
        brackets();
    }
    brackets();
    EXPECT_EQ(sync(dmabuf.get(), DMA_BUF_SYNC_START), contract::Errno{EINVAL});
}

TEST_P(CpuAccessTest, WhatTheCpuWritesIsInTheBufferAndNotInTheFile)
{
    constexpr std::uint64_t other_seed = 8;
    const DrmDevice device = vgem();
    const contract::UniqueFd dmabuf = load();
    const BufferObject object = BufferObject::imported(device, dmabuf.get());
    {
        const WriteAccess access(dmabuf.get());
        dmaload::pattern::fill(access.bytes().first(size), 0, other_seed);
    }
    EXPECT_TRUE(contract::holds_pattern(object.exported().get(), size, other_seed));
    EXPECT_TRUE(holds_file(load().get())) << "the file has changed";
    contract::drop_caches();
    EXPECT_TRUE(holds_file(load().get())) << "the file has changed";
}

INSTANTIATE_TEST_SUITE_P(All, CpuAccessTest, ::testing::ValuesIn(all_origins()), origin_name);

}  // namespace
}  // namespace importers
