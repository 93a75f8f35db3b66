// SPDX-License-Identifier: Apache-2.0
#include "support/holdings.hpp"

#include <filesystem>
#include <system_error>

#include "support/heap.hpp"
#include "support/system.hpp"

namespace contract {
namespace {

/// Pages of all CMA areas that somebody has. CmaFree in /proc/meminfo is less
/// than what is free: it leaves out what the CPUs keep in their lists.
long long cma_used()
{
    long long pages = 0;
    std::error_code none;
    for (const auto& area : std::filesystem::directory_iterator("/sys/kernel/debug/cma", none))
        pages += std::stoll(read_text(area.path() / "used"));
    return pages;
}

template <class T>
std::string changed(const std::string& what, T now, T before)
{
    return what + ": " + std::to_string(now) + ", before " + std::to_string(before);
}

}  // namespace

// The dma-bufs first: that may mount debugfs, which CMA is looked up in.
Holdings::Holdings() : fds_(open_fds()), dmabufs_(count_dmabufs()), cma_(cma_used()) {}

std::string Holdings::change() const
{
    if (const auto now = open_fds(); now != fds_)
        return changed("open descriptors", now.size(), fds_.size());
    const auto dmabufs = count_dmabufs();
    if (!dmabufs || !dmabufs_)
        return "debugfs does not list dma-bufs";
    if (dmabufs != dmabufs_)
        return changed("dma-bufs", *dmabufs, *dmabufs_);
    if (const long long now = cma_used(); now != cma_)
        return changed("pages taken from CMA", now, cma_);
    return {};
}

std::string Holdings::lasting_change() const
{
    std::string found;
    eventually([&] { return (found = change()).empty(); });
    return found;
}

}  // namespace contract
