// SPDX-License-Identifier: Apache-2.0
// Faults in the calls that read files into buffers, on each heap: injected ones,
// the first, the second ... until none is left; disks and files that go wrong;
// callers that end in the middle. Needs root and a debug kernel. Exit codes as
// GoogleTest's, and 77 where the kernel cannot.
#include <unistd.h>

#include "injectors.hpp"
#include "leaks.hpp"
#include "load_case.hpp"
#include "support/heap.hpp"
#include "support/run.hpp"

namespace {

const char* why_not()
{
    if (::geteuid() != 0)
        return "root is needed";
    if (!contract::count_dmabufs())  // mounts debugfs
        return "debugfs does not list dma-bufs";
    if (!faults::cma_heap().empty() && ::access("/sys/kernel/debug/cma", R_OK) != 0)
        return "debugfs does not count pages of CMA (CONFIG_CMA_DEBUGFS)";
    if (!faults::Injectors::exist())
        return "this kernel injects no faults: boot one that scripts/kernel build --debug made";
    if (::access("/dev/mapper/control", R_OK | W_OK) != 0)
        return "there is no device mapper (CONFIG_BLK_DEV_DM)";
    if (!faults::PageOwners::exist())
        return "the owners of pages are not known: boot with page_owner=on";
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
