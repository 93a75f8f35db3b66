// SPDX-License-Identifier: Apache-2.0
#include <dmaload/heap.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/dma-heap.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"

namespace dmaload {
namespace {

constexpr unsigned buffer_flags = O_RDWR | O_CLOEXEC;

std::string open_advice(int code)
{
    switch (code) {
    case ENOENT:
        return "There is no such heap; `dmaload heaps` lists those that there are. Without any, "
               "the kernel needs CONFIG_DMABUF_HEAPS and CONFIG_DMABUF_HEAPS_SYSTEM.";
    case EACCES:
    case EPERM:
        return "Run as root, or make the heap readable for you (a udev rule; on Android an SELinux "
               "rule).";
    default:
        return common_advice(code);
    }
}

std::string read_advice(int code)
{
    switch (code) {
    case EINVAL:
        return "This kernel does not know DMA_HEAP_ALLOC_AND_READ_FILE; it needs the patches in "
               "kernel-patches.";
    case EOPNOTSUPP:
        return "This heap cannot read files; `dmaload heaps` shows which one can.";
    case ENOTTY:
        return "This is not a dma-heap.";
    default:
        return common_advice(code);
    }
}

}  // namespace

Result<Heap> Heap::open(const std::string& name)
{
    if (name.empty() || name.find('/') != std::string::npos)
        return fail("open heap", fmt::format("\"{}\"", name), EINVAL,
                    fmt::format("A heap is named like a file in {}.", heap_directory));
    const std::string path = fmt::format("{}/{}", heap_directory, name);
    for (;;) {
        // Allocation needs no more than O_RDONLY, and SELinux policies allow no more.
        UniqueFd fd(syscalls().open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (fd)
            return Heap(name, std::move(fd));
        if (errno != EINTR) {
            const int code = errno;
            return fail("open", path, code, open_advice(code));
        }
    }
}

Result<std::vector<std::string>> Heap::list(const std::string& directory)
{
    const auto close = [](DIR* dir) { ::closedir(dir); };
    const std::unique_ptr<DIR, decltype(close)> dir(::opendir(directory.c_str()), close);
    if (!dir) {
        const int code = errno;
        return fail("open", directory, code,
                    code == ENOENT ? "The kernel needs CONFIG_DMABUF_HEAPS, and /dev must be a devtmpfs."
                                   : open_advice(code));
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(dir.get())) {
        if (entry->d_name[0] != '.')
            names.emplace_back(entry->d_name);
    }
    if (errno != 0)
        return fail("read", directory, errno);
    std::ranges::sort(names);
    return names;
}

Result<UniqueFd> Heap::allocate(std::uint64_t length) const
{
    dma_heap_allocation_data data{};
    data.len = length;
    data.fd_flags = buffer_flags;
    if (syscalls().ioctl(fd_.get(), DMA_HEAP_IOCTL_ALLOC, &data) < 0) {
        const int code = errno;
        return fail("DMA_HEAP_IOCTL_ALLOC", fmt::format("{} bytes of heap {}", length, name_), code,
                    common_advice(code));
    }
    return UniqueFd(static_cast<int>(data.fd));
}

Result<UniqueFd> Heap::allocate_and_read(int file) const
{
    dma_heap_allocation_data data{};
    data.file_fd = file;
    data.fd_flags = buffer_flags;
    data.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
    if (syscalls().ioctl(fd_.get(), DMA_HEAP_IOCTL_ALLOC, &data) < 0) {
        const int code = errno;
        return fail("DMA_HEAP_ALLOC_AND_READ_FILE", fmt::format("on heap {}", name_), code,
                    read_advice(code));
    }
    return UniqueFd(static_cast<int>(data.fd));
}

Result<void> Heap::probe_read() const
{
    // The kernel checks flag and heap before the descriptor, so one that can
    // never be valid gets as far as the answer and no further.
    auto buffer = allocate_and_read(-1);
    if (buffer)
        return fail("probe DMA_HEAP_ALLOC_AND_READ_FILE", fmt::format("on heap {}", name_), EPROTO,
                    "The kernel loaded a file that does not exist; it has another meaning for this flag.");
    if (buffer.error().code == EBADF)
        return {};
    return std::unexpected(std::move(buffer.error()));
}

}  // namespace dmaload
