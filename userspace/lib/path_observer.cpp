// SPDX-License-Identifier: Apache-2.0
#include "path_observer.hpp"

#include <linux/magic.h>
#include <sys/stat.h>

#include <dmaload/syscalls.hpp>

#include "page.hpp"

namespace dmaload {
namespace {

/// What the filesystem says before anything is read.
std::optional<Path> announced(int fd)
{
    struct statfs fs{};
    if (syscalls().fstatfs(fd, &fs) == 0) {
        // Their files are the page cache, whatever O_DIRECT was accepted for.
        const auto type = static_cast<std::uint32_t>(fs.f_type);
        if (type == TMPFS_MAGIC || type == RAMFS_MAGIC || type == HUGETLBFS_MAGIC)
            return Path::buffered;
    }
    struct statx stx{};
    if (syscalls().statx(fd, STATX_DIOALIGN, &stx) == 0 && (stx.stx_mask & STATX_DIOALIGN) != 0 &&
        stx.stx_dio_offset_align == 0)
        return Path::buffered;  // "no direct I/O on this file"
    return std::nullopt;
}

}  // namespace

PathObserver::PathObserver(const FileSource& file) : PathObserver(file, file.size()) {}

PathObserver::PathObserver(const FileSource& file, std::uint64_t bytes)
    : file_(file), pages_(round_up(bytes, page_size()) / page_size())
{
    if (file.mode() == Mode::buffered)
        known_ = Path::buffered;
    else
        known_ = announced(file.fd());
    if (!known_)
        before_ = cached_pages();
}

std::optional<std::uint64_t> PathObserver::cached_pages() const
{
    CacheStat stat;
    if (syscalls().cachestat(file_.fd(), &stat) < 0)
        return std::nullopt;
    return stat.nr_cache;
}

Path PathObserver::path_taken() const
{
    if (known_)
        return *known_;
    const auto after = cached_pages();
    // What was cached before may be what was read: less than that is certain.
    if (!before_ || !after || *before_ >= pages_)
        return Path::unknown;
    if (*after <= *before_)
        return Path::direct;
    return *after - *before_ >= (pages_ - *before_ + 1) / 2 ? Path::buffered : Path::unknown;
}

}  // namespace dmaload
