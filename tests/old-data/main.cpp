// SPDX-License-Identifier: Apache-2.0
// Nobody sees old memory: nearly all free memory is filled with a mark, and
// buffers that files are read into are searched for it. Needs root, a patched
// kernel that does not clear pages by itself, with vgem, and few processes
// beside it. On the kernel that clears nothing (kernel-patches/broken), with
// DMALOAD_BROKEN_KERNEL=1, the same tests fail where they find nothing. Exit
// codes as GoogleTest's, and 77 where the kernel cannot.
#include <string>

#include <unistd.h>

#include "clearing.hpp"
#include "drm_device.hpp"
#include "support/heap.hpp"
#include "support/knobs.hpp"
#include "support/run.hpp"

namespace {

const char* why_not()
{
    if (::geteuid() != 0)
        return "root is needed";
    if (!contract::count_dmabufs())  // mounts debugfs
        return "debugfs does not list dma-bufs";
    if (!contract::Knob::exist())
        return "this kernel does not read files into buffers: apply kernel-patches/";
    if (::access("/proc/kpageflags", R_OK) != 0)
        return "/proc/kpageflags is not there: the kernel needs CONFIG_PROC_PAGE_MONITOR=y";
    if (!importers::DrmDevice::of_driver("vgem"))
        return "there is no importer: the kernel needs CONFIG_DRM_VGEM=y";
    static std::string reason;
    if (const auto overwritten = old_data::why_pages_are_overwritten()) {
        reason = *overwritten;
        return reason.c_str();
    }
    return nullptr;
}

}  // namespace

int main(int argc, char** argv)
{
    return contract::run_all(argc, argv, why_not);
}
