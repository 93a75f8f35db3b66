// SPDX-License-Identifier: Apache-2.0
// The comparison patches, tested on the running kernel by bare system calls.
// Needs root. Exit codes as GoogleTest's, and 77 where the kernel does not
// have the patches.
#include <unistd.h>

#include "support/heap.hpp"
#include "support/run.hpp"

namespace {

/// Why nothing can be tested here; nullptr where all is well.
const char* why_not()
{
    if (::access("/dev/dma_heap/system", R_OK) != 0)
        return "/dev/dma_heap/system cannot be read: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM=y";
    const contract::UniqueFd heap = contract::open_heap();
    const contract::Outcome buffer = contract::alloc(heap.get(), 1);
    if (::write(buffer.dmabuf.get(), "", 1) != 1)
        return "this kernel does not have the comparison patches: kernel-patches/compare";
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
