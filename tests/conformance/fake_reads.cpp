// SPDX-License-Identifier: Apache-2.0
/// \file
/// The calls of the patch series: a heap's buffer with files in it.
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

#include <dmaload/unique_fd.hpp>

#include "fake_kernel.hpp"
#include "fake_support.hpp"

namespace dmaload::test {
namespace {

constexpr std::uint64_t max_buffer = std::numeric_limits<std::int64_t>::max();

/// The errno for a file that cannot be read from; 0 for one that can.
int refusal(int file, struct stat& st)
{
    const int flags = ::fcntl(file, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH) != 0 || ::fstat(file, &st) < 0)
        return EBADF;
    return S_ISREG(st.st_mode) && st.st_size != 0 ? 0 : EINVAL;
}

bool overlap(std::vector<dma_heap_read_range> ranges)
{
    std::ranges::sort(ranges, {}, &dma_heap_read_range::buffer_offset);
    return std::ranges::adjacent_find(ranges, [](const auto& before, const auto& range) {
               return before.buffer_offset + before.length > range.buffer_offset;
           }) != ranges.end();
}

std::uint64_t end_of(const std::vector<dma_heap_read_range>& ranges)
{
    std::uint64_t end = 0;
    for (const dma_heap_read_range& range : ranges)
        end = std::max<std::uint64_t>(end, range.buffer_offset + range.length);
    return end;
}

}  // namespace

int FakeKernel::read_part(int dmabuf, const dma_heap_read_range& range)
{
    if (before_read)
        before_read(range.file_fd);
    if (is_direct(range.file_fd) && direct_alignment == 0)
        cache_growth_ += whole_pages(range.length) / page();
    std::vector<char> content(static_cast<std::size_t>(range.length));
    ssize_t n = ::pread(range.file_fd, content.data(), content.size(), static_cast<off_t>(range.file_offset));
    if (n >= 0)
        n = static_cast<ssize_t>(shorten(static_cast<std::size_t>(n)));
    if (n != static_cast<ssize_t>(content.size()))
        return EIO;
    return ::pwrite(dmabuf, content.data(), content.size(), static_cast<off_t>(range.buffer_offset)) == n
               ? 0
               : ENOMEM;
}

int FakeKernel::heap_read(const Heap& heap, void* argument)
{
    auto& data = *static_cast<dma_heap_allocation_data*>(argument);
    struct stat st{};
    if (data.reserved != 0)
        return error(EINVAL);
    if (!heap.reads_files)
        return error(EOPNOTSUPP);
    if (const int code = refusal(data.file_fd, st); code != 0)
        return error(code);
    const auto size = static_cast<std::uint64_t>(st.st_size);
    UniqueFd dmabuf(track(make_memfd(buffer_name, whole_pages(size))));
    if (!dmabuf)
        return -1;
    if (const int code = read_part(dmabuf.get(), {data.file_fd, 0, 0, size, 0}); code != 0)
        return error(code);
    data.fd = static_cast<__u32>(dmabuf.release());
    return 0;
}

/// The errno for a range by itself, in the order in which the kernel looks.
int FakeKernel::range_refusal(const dma_heap_read_range& range) const
{
    struct stat st{};
    if (range.reserved != 0 || range.length == 0 || range.file_offset + range.length < range.length ||
        range.buffer_offset + range.length < range.length)
        return EINVAL;
    if (const int code = refusal(range.file_fd, st); code != 0)
        return code;
    if (range.file_offset + range.length > static_cast<std::uint64_t>(st.st_size))
        return EINVAL;
    const std::uint64_t unit = is_direct(range.file_fd) && direct_alignment != 0 ? direct_alignment : 1;
    return range.file_offset % unit == 0 && range.buffer_offset % unit == 0 ? 0 : EINVAL;
}

int FakeKernel::heap_read_ranges(const Heap& heap, unsigned long request, void* argument)
{
    // The struct is versioned by its size.
    dma_heap_allocate_read_data data{};
    const std::size_t size = _IOC_SIZE(request);
    const auto* const bytes = static_cast<const char*>(argument);
    std::memcpy(&data, bytes, std::min(size, sizeof(data)));
    if (size > sizeof(data) && std::any_of(bytes + sizeof(data), bytes + size, [](char c) { return c != 0; }))
        return error(E2BIG);
    if (size < sizeof(data))
        return error(EINVAL);
    if ((data.fd_flags & ~static_cast<unsigned>(DMA_HEAP_VALID_FD_FLAGS)) != 0 || data.heap_flags != 0 ||
        data.reserved != 0)
        return error(EINVAL);
    if (!heap.reads_files)
        return error(EOPNOTSUPP);
    if (data.nr_ranges == 0 || data.nr_ranges > DMA_HEAP_READ_MAX_RANGES)
        return error(EINVAL);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel gets it
    const auto* const first = reinterpret_cast<const dma_heap_read_range*>(data.ranges);
    if (first == nullptr)
        return error(EFAULT);
    const std::vector<dma_heap_read_range> ranges(first, first + data.nr_ranges);
    for (const dma_heap_read_range& range : ranges) {
        if (const int code = range_refusal(range); code != 0)
            return error(code);
    }
    const std::uint64_t end = end_of(ranges);
    if (overlap(ranges) || (data.len != 0 && data.len < end))
        return error(EINVAL);
    if (std::max<std::uint64_t>(data.len, end) > max_buffer - page())
        return error(EFBIG);

    UniqueFd dmabuf(track(make_memfd(buffer_name, whole_pages(std::max<std::uint64_t>(data.len, end)))));
    if (!dmabuf)
        return -1;
    data.bytes_read = 0;
    for (const dma_heap_read_range& range : ranges) {
        if (const int code = read_part(dmabuf.get(), range); code != 0)
            return error(code);
        data.bytes_read += range.length;
    }
    data.fd = static_cast<__u32>(dmabuf.release());
    std::memcpy(argument, &data, sizeof(data));
    return 0;
}

}  // namespace dmaload::test
