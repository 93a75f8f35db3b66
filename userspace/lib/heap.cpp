// SPDX-License-Identifier: Apache-2.0
#include <dmaload/heap.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/dma-heap.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"

namespace dmaload {
namespace {

constexpr unsigned buffer_flags = O_RDWR | O_CLOEXEC;
constexpr const char* read_call = "DMA_HEAP_ALLOC_AND_READ_FILE";
constexpr const char* read_ranges_call = "DMA_HEAP_IOCTL_ALLOC_READ";

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

std::string read_advice(int code, std::string_view call)
{
    switch (code) {
    case EINVAL:
        return fmt::format("This kernel does not know {}; it needs the patches in kernel-patches.", call);
    case EOPNOTSUPP:
        return "This heap cannot read files; `dmaload heaps` shows which one can.";
    case ENOTTY:
        return "This is not a dma-heap.";
    default:
        return common_advice(code);
    }
}

Error probe_went_through(const char* call, const std::string& heap)
{
    return {fmt::format("probe {}", call), fmt::format("on heap {}", heap), EPROTO,
            "The kernel loaded a file that does not exist; it has another meaning for this call."};
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
        return fail(read_call, fmt::format("on heap {}", name_), code, read_advice(code, read_call));
    }
    return UniqueFd(static_cast<int>(data.fd));
}

Result<void> Heap::probe_read() const
{
    // The kernel checks flag and heap before the descriptor, so one that can
    // never be valid gets as far as the answer and no further.
    auto buffer = allocate_and_read(-1);
    if (buffer)
        return std::unexpected(probe_went_through(read_call, name_));
    if (buffer.error().code == EBADF)
        return {};
    return std::unexpected(std::move(buffer.error()));
}

Result<RangesBuffer> Heap::allocate_and_read_ranges(std::span<const ReadRange> ranges,
                                                    std::uint64_t length) const
{
    static_assert(max_ranges == DMA_HEAP_READ_MAX_RANGES);
    if (ranges.empty() || ranges.size() > max_ranges)
        return fail(read_ranges_call, fmt::format("on heap {}", name_), EINVAL,
                    fmt::format("{} ranges; one call takes 1 to {}.", ranges.size(), max_ranges));
    std::vector<dma_heap_read_range> list;
    list.reserve(ranges.size());
    for (const ReadRange& range : ranges)
        list.push_back({.file_fd = range.file,
                        .reserved = 0,
                        .file_offset = range.file_offset,
                        .length = range.length,
                        .buffer_offset = range.buffer_offset});
    dma_heap_allocate_read_data data{};
    data.len = length;
    data.ranges = reinterpret_cast<std::uintptr_t>(list.data());
    data.nr_ranges = static_cast<__u32>(list.size());
    data.fd_flags = buffer_flags;
    if (syscalls().ioctl(fd_.get(), DMA_HEAP_IOCTL_ALLOC_READ, &data) < 0) {
        const int code = errno;
        return fail(read_ranges_call, fmt::format("on heap {}", name_), code,
                    code == EINVAL
                        ? "The ranges overlap, leave their files or are not aligned, or this kernel "
                          "does not know the call: `dmaload heaps` tells."
                        : read_advice(code, read_ranges_call));
    }
    return RangesBuffer{UniqueFd(static_cast<int>(data.fd)), data.bytes_read};
}

Result<void> Heap::probe_read_ranges() const
{
    const ReadRange nothing{.length = 1};
    auto buffer = allocate_and_read_ranges({&nothing, 1});
    if (buffer)
        return std::unexpected(probe_went_through(read_ranges_call, name_));
    Error& error = buffer.error();
    if (error.code == EBADF)
        return {};
    // With these arguments both mean that the kernel does not know the call.
    if (error.code == EINVAL || error.code == ENOTTY)
        error.advice = read_advice(EINVAL, read_ranges_call);
    return std::unexpected(std::move(error));
}

}  // namespace dmaload
