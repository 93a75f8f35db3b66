// SPDX-License-Identifier: Apache-2.0
#include "fake_kernel.hpp"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "fake_support.hpp"

namespace dmaload::test {
namespace {

constexpr std::string_view heap_prefix = "/dev/dma_heap/";
constexpr std::string_view heap_mark = "fake-heap:";
constexpr std::string_view udmabuf_mark = "fake-udmabuf";
constexpr std::string_view limit_file = "/sys/module/udmabuf/parameters/size_limit_mb";
constexpr const char* hugetlb_name = "fake-hugetlb";
constexpr int stale_byte = 0xEE;  // what the disk holds behind the end of a file

}  // namespace

bool FakeKernel::fails(std::string_view call) const
{
    const std::scoped_lock lock(fault_mutex_);
    const auto code = fault ? fault(call) : std::nullopt;
    if (code)
        errno = *code;
    return code.has_value();
}

int FakeKernel::track(int fd, bool direct)
{
    if (fd >= 0) {
        const std::scoped_lock lock(mutex_);
        direct_.erase(fd);
        if (direct)
            direct_.insert(fd);
    }
    return fd;
}

bool FakeKernel::is_direct(int fd) const
{
    const std::scoped_lock lock(mutex_);
    return direct_.contains(fd);
}

int FakeKernel::open(const char* path, int flags)
{
    if (fails("open"))
        return -1;
    const std::string_view name(path);
    if (const auto refused = open_errors.find(path); refused != open_errors.end())
        return error(refused->second);
    if (name.starts_with(heap_prefix)) {
        const std::string heap(name.substr(heap_prefix.size()));
        return heaps.contains(heap) ? track(make_memfd(std::string(heap_mark) + heap, 0)) : error(ENOENT);
    }
    if (name == "/dev/udmabuf")
        return has_udmabuf ? track(make_memfd(std::string(udmabuf_mark), 0)) : error(ENOENT);
    if (name == limit_file) {
        if (!has_udmabuf || !tells_udmabuf_limit)
            return error(ENOENT);
        const int fd = track(make_memfd("limit", 0));
        const std::string text = std::to_string(udmabuf_limit_mb) + "\n";
        if (fd >= 0 && ::pwrite(fd, text.data(), text.size(), 0) < 0)
            return -1;
        return fd;
    }
    return open_file(path, flags);
}

int FakeKernel::open_file(const char* path, int flags)
{
    if (real_direct)
        return track(::open(path, flags));
    return track(::open(path, flags & ~O_DIRECT), (flags & O_DIRECT) != 0);
}

ssize_t FakeKernel::pread(int fd, void* buffer, std::size_t count, off_t offset)
{
    if (fails("pread"))
        return -1;
    const bool is_file = memfd_name(fd).empty();
    if (is_file && before_read)
        before_read(fd);
    const bool strict = is_direct(fd) && direct_alignment != 0;
    if (is_direct(fd) && !strict)
        cache_growth_ += (count + page() - 1) / page();
    const std::uint64_t memory_alignment = std::min<std::uint64_t>(direct_alignment, page());
    if (strict &&
        (count % direct_alignment != 0 || static_cast<std::uint64_t>(offset) % direct_alignment != 0 ||
         reinterpret_cast<std::uintptr_t>(buffer) % memory_alignment != 0))
        return error(EINVAL);
    const ssize_t n = ::pread(fd, buffer, count, offset);
    if (n < 0 || !is_file)
        return n;
    const auto got = static_cast<std::size_t>(n);
    if (strict && got % direct_alignment != 0)  // the rest of the last block
        std::memset(static_cast<char*>(buffer) + got, stale_byte, direct_alignment - got % direct_alignment);
    return static_cast<ssize_t>(shorten(got));
}

ssize_t FakeKernel::preadv2(int fd, const iovec* parts, int count, off_t offset, int)
{
    if (fails("preadv2"))
        return -1;
    if (before_read)
        before_read(fd);
    const ssize_t n = ::preadv(fd, parts, count, offset);
    return n < 0 ? n : static_cast<ssize_t>(shorten(static_cast<std::size_t>(n)));
}

off_t FakeKernel::lseek(int fd, off_t offset, int whence)
{
    return fails("lseek") ? -1 : ::lseek(fd, offset, whence);
}

int FakeKernel::fstat(int fd, struct stat* st)
{
    return fails("fstat") ? -1 : ::fstat(fd, st);
}

int FakeKernel::fstatfs(int fd, struct statfs* st)
{
    if (fails("fstatfs") || ::fstatfs(fd, st) < 0)
        return -1;
    st->f_type = static_cast<decltype(st->f_type)>(filesystem);
    return 0;
}

int FakeKernel::statx(int fd, unsigned mask, struct statx* stx)
{
    if (fails("statx") || ::statx(fd, "", AT_EMPTY_PATH, mask, stx) < 0)
        return -1;
    if (real_direct)
        return 0;
    stx->stx_mask &= ~STATX_DIOALIGN;
    if ((mask & STATX_DIOALIGN) != 0 && tells_direct_alignment) {
        stx->stx_mask |= STATX_DIOALIGN;
        stx->stx_dio_mem_align = direct_alignment;
        stx->stx_dio_offset_align = direct_alignment;
    }
    return 0;
}

int FakeKernel::cachestat(int, CacheStat* stat)
{
    if (fails("cachestat"))
        return -1;
    if (!has_cachestat)
        return error(ENOSYS);
    *stat = {};
    stat->nr_cache = cached_before + cache_growth_;
    return 0;
}

int FakeKernel::ioctl(int fd, unsigned long request, void* argument)
{
    if (fails("ioctl"))
        return -1;
    const std::string name = memfd_name(fd);
    if (request == DMA_HEAP_IOCTL_ALLOC && name.starts_with(heap_mark))
        return heap_alloc(name.substr(heap_mark.size()), argument);
    // A kernel with the call takes structs of other sizes.
    if (_IOC_TYPE(request) == DMA_HEAP_IOC_MAGIC && _IOC_NR(request) == _IOC_NR(DMA_HEAP_IOCTL_ALLOC_READ) &&
        name.starts_with(heap_mark))
        return knows_flag && knows_ranges
                   ? heap_read_ranges(heaps.at(name.substr(heap_mark.size())), request, argument)
                   : error(EINVAL);
    if (request == UDMABUF_CREATE && name == udmabuf_mark)
        return track(udmabuf_make(argument));
    if (request == DMA_BUF_IOCTL_SYNC && !name.empty())
        return sync(argument);
    return error(name.empty() && ::fcntl(fd, F_GETFD) < 0 ? EBADF : ENOTTY);
}

int FakeKernel::heap_alloc(const std::string& name, void* argument)
{
    auto& data = *static_cast<dma_heap_allocation_data*>(argument);
    const std::uint64_t valid = knows_flag ? DMA_HEAP_ALLOC_AND_READ_FILE : 0;
    if (data.fd != 0 || (data.fd_flags & ~static_cast<unsigned>(DMA_HEAP_VALID_FD_FLAGS)) != 0 ||
        (data.heap_flags & ~valid) != 0)
        return error(EINVAL);
    if ((data.heap_flags & DMA_HEAP_ALLOC_AND_READ_FILE) != 0)
        return heap_read(heaps.at(name), argument);
    if (data.len == 0)
        return error(EINVAL);
    const int fd = track(make_memfd(buffer_name, (data.len + page() - 1) / page() * page()));
    if (fd < 0)
        return -1;
    data.fd = static_cast<__u32>(fd);
    return 0;
}

int FakeKernel::udmabuf_make(void* argument) const
{
    const auto& create = *static_cast<udmabuf_create*>(argument);
    const auto memfd = static_cast<int>(create.memfd);
    struct stat st{};
    // In megabytes: the limit may be more than can be counted in bytes.
    if (create.offset % page() != 0 || create.size % page() != 0 || create.size == 0 ||
        (create.size - 1) >> 20U >= udmabuf_limit_mb)
        return error(EINVAL);
    const int seals = ::fcntl(memfd, F_GET_SEALS);
    if (seals < 0)
        return error(EBADFD);
    if ((seals & F_SEAL_SHRINK) == 0 || (seals & F_SEAL_WRITE) != 0 || ::fstat(memfd, &st) < 0 ||
        create.offset + create.size > static_cast<std::uint64_t>(st.st_size))
        return error(EINVAL);
    if (create.size == static_cast<std::uint64_t>(st.st_size))
        return ::fcntl(memfd, (create.flags & UDMABUF_FLAGS_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
    // A part of a memfd has a size of its own. It is not the same memory, here.
    const int part = make_memfd("fake-udmabuf-part", create.size);
    off_t offset = static_cast<off_t>(create.offset);
    for (std::uint64_t left = create.size; part >= 0 && left != 0;) {
        const ssize_t n = ::sendfile(part, memfd, &offset, static_cast<std::size_t>(left));
        if (n <= 0)
            return -1;
        left -= static_cast<std::uint64_t>(n);
    }
    return part;
}

int FakeKernel::sync(void* argument)
{
    const auto& request = *static_cast<dma_buf_sync*>(argument);
    if ((request.flags & ~static_cast<std::uint64_t>(DMA_BUF_SYNC_VALID_FLAGS_MASK)) != 0 ||
        (request.flags & DMA_BUF_SYNC_RW) == 0)
        return error(EINVAL);
    accesses_ += (request.flags & DMA_BUF_SYNC_END) != 0 ? -1 : 1;
    return 0;
}

int FakeKernel::memfd_create(const char* name, unsigned flags)
{
    if (fails("memfd_create"))
        return -1;
    const bool hugetlb = (flags & MFD_HUGETLB) != 0;
    return track(::memfd_create(hugetlb ? hugetlb_name : name, flags & (MFD_CLOEXEC | MFD_ALLOW_SEALING)));
}

int FakeKernel::ftruncate(int fd, off_t length)
{
    return fails("ftruncate") ? -1 : ::ftruncate(fd, length);
}

int FakeKernel::add_seals(int fd, int seals)
{
    return fails("add_seals") ? -1 : ::fcntl(fd, F_ADD_SEALS, seals);
}

void* FakeKernel::mmap(std::size_t length, int prot, int flags, int fd)
{
    if (fails("mmap"))
        return MAP_FAILED;
    if (!has_hugetlb && memfd_name(fd) == hugetlb_name) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    void* address = ::mmap(nullptr, length, prot, flags, fd, 0);
    if (address != MAP_FAILED)
        ++mappings_;
    return address;
}

int FakeKernel::munmap(void* address, std::size_t length)
{
    if (fails("munmap"))
        return -1;
    --mappings_;
    return ::munmap(address, length);
}

int FakeKernel::madvise(void* address, std::size_t length, int advice)
{
    return fails("madvise") ? -1 : ::madvise(address, length, advice);
}

int FakeKernel::uname(utsname* system)
{
    if (fails("uname") || ::uname(system) < 0)
        return -1;
    system->release[release.copy(system->release, sizeof(system->release) - 1)] = '\0';
    return 0;
}

std::size_t count_fds()
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

}  // namespace dmaload::test
