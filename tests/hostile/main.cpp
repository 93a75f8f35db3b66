// SPDX-License-Identifier: Apache-2.0
// Callers with pointers, labels and limits that were chosen to do harm. Needs
// root; what the kernel does not have is skipped. Exit codes as GoogleTest's,
// and 77 where the kernel does not have the calls.
#include <unistd.h>

#include "support/heap.hpp"
#include "support/ranges.hpp"
#include "support/run.hpp"

namespace {

const char* why_not()
{
    if (::geteuid() != 0)
        return "root is needed";
    if (::access("/dev/dma_heap/system", R_OK) != 0)
        return "/dev/dma_heap/system cannot be read: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM=y";
    if (contract::why_no_ranges(contract::open_heap().get()))
        return "this kernel does not have DMA_HEAP_IOCTL_ALLOC_READ: apply all of kernel-patches/";
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
