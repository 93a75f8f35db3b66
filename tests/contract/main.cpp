// SPDX-License-Identifier: Apache-2.0
// The contract of DMA_HEAP_ALLOC_AND_READ_FILE, tested on the running kernel
// by bare system calls. Needs root. Exit codes as GoogleTest's, and 77 where
// the kernel does not have the call.
#include <cerrno>

#include <unistd.h>

#include "support/heap.hpp"
#include "support/run.hpp"

namespace {

/// Why nothing can be tested here; nullptr where all is well, or where the
/// tests shall say what is not.
const char* why_not()
{
    if (::geteuid() != 0)
        return "root is needed: the tests drop caches, mount and write to block devices";
    if (::access("/dev/dma_heap/system", R_OK) != 0)
        return "/dev/dma_heap/system cannot be read: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM=y";
    // Only a kernel that has no engine may answer the probe with EINVAL.
    const contract::UniqueFd heap = contract::open_heap();
    if (contract::alloc_read(heap.get(), -1).error.value == EINVAL &&
        ::access("/sys/module/dma_heap_read", F_OK) != 0)
        return "this kernel does not have DMA_HEAP_ALLOC_AND_READ_FILE: apply kernel-patches/";
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
