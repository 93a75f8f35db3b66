// SPDX-License-Identifier: Apache-2.0
#include <dmaload/cpu_access.hpp>

#include <linux/dma-buf.h>

#include <cerrno>

#include <dmaload/syscalls.hpp>

namespace dmaload {
namespace {

std::uint64_t flag(CpuAccess::Kind kind)
{
    switch (kind) {
    case CpuAccess::Kind::read:
        return DMA_BUF_SYNC_READ;
    case CpuAccess::Kind::write:
        return DMA_BUF_SYNC_WRITE;
    case CpuAccess::Kind::read_write:
        break;
    }
    return DMA_BUF_SYNC_RW;
}

Result<void> sync(int dmabuf, std::uint64_t flags, const char* what)
{
    dma_buf_sync argument{};
    argument.flags = flags;
    // The kernel's documentation asks for a restart on both.
    while (syscalls().ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &argument) < 0) {
        if (errno != EINTR && errno != EAGAIN) {
            const int code = errno;
            return fail("DMA_BUF_IOCTL_SYNC", what, code,
                        code == ENOTTY ? "The descriptor is not a dma-buf." : "");
        }
    }
    return {};
}

}  // namespace

Result<CpuAccess> CpuAccess::begin(int dmabuf, Kind kind)
{
    if (auto started = sync(dmabuf, DMA_BUF_SYNC_START | flag(kind), "start of CPU access"); !started)
        return std::unexpected(std::move(started.error()));
    return CpuAccess(dmabuf, kind);
}

Result<CpuAccess> CpuAccess::begin(const Loaded& loaded, Kind kind)
{
    if (!loaded.is_dmabuf)
        return CpuAccess(-1, kind);
    return begin(loaded.dmabuf.get(), kind);
}

Result<void> CpuAccess::end()
{
    if (dmabuf_ < 0)
        return {};
    return sync(std::exchange(dmabuf_, -1), DMA_BUF_SYNC_END | flag(kind_), "end of CPU access");
}

CpuAccess::~CpuAccess()
{
    const int saved = errno;
    (void)end();
    errno = saved;
}

}  // namespace dmaload
