// SPDX-License-Identifier: Apache-2.0
// Loaded buffers in the hands of others: drivers of DRM that import them, and
// other processes. Needs root and a patched kernel with vgem. Exit codes as
// GoogleTest's, and 77 where the kernel cannot.
#include <cerrno>

#include <unistd.h>

#include "drm_device.hpp"
#include "support/heap.hpp"
#include "support/run.hpp"

namespace {

const char* why_not()
{
    if (::geteuid() != 0)
        return "root is needed";
    if (!contract::count_dmabufs())  // mounts debugfs
        return "debugfs does not list dma-bufs";
    if (::access("/dev/dma_heap/system", R_OK) != 0)
        return "/dev/dma_heap/system cannot be read: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM=y";
    if (contract::alloc_read(contract::open_heap().get(), -1).error.value == EINVAL)
        return "this kernel does not have DMA_HEAP_ALLOC_AND_READ_FILE: apply kernel-patches/";
    if (!importers::DrmDevice::of_driver("vgem"))
        return "there is no importer: the kernel needs CONFIG_DRM_VGEM=y";
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
