// SPDX-License-Identifier: Apache-2.0
/// \file
/// A kernel with dma-heaps, udmabuf and the patch series, made of memfds, for
/// hosts that have none of these.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <dmaload/syscalls.hpp>

struct dma_heap_read_range;

namespace dmaload::test {

/// Heaps, udmabuf and dma-bufs are faked; files, memfds and mappings are the
/// host's. Direct reads are strict about alignment and, like a disk, leave
/// their own bytes behind the end of the file. Settings are made before use.
class FakeKernel : public Syscalls {
public:
    struct Heap {
        bool reads_files = true;
    };

    bool knows_flag = true;    ///< false: a kernel without the series
    bool knows_ranges = true;  ///< false: one with the flag alone
    std::map<std::string, Heap> heaps = {{"system", {}}};
    bool writes_buffers = true;  ///< false: a kernel without the comparison patches
    bool has_udmabuf = true;
    std::uint64_t udmabuf_limit_mb = 64;
    bool tells_udmabuf_limit = true;
    bool has_hugetlb = true;                 ///< false: none are to be had
    std::string release = "6.14.0";          ///< of the kernel
    std::map<std::string, int> open_errors;  ///< errno by path
    bool real_direct = false;                ///< hand O_DIRECT to the host
    unsigned direct_alignment = 512;         ///< 0: direct reads go through the page cache
    bool tells_direct_alignment = true;
    bool has_cachestat = true;
    std::uint64_t cached_before = 0;   ///< pages of any file
    std::int64_t filesystem = 0xEF53;  ///< f_type of any file; ext4
    int ring_error = 0;                ///< errno of each attempt to make a ring
    bool ring_kills = false;           ///< such an attempt raises SIGSYS, as in a sandbox
    bool ring_registers = true;        ///< false: a kernel that cannot register buffers one by one

    /// Called before each call with its name, by one thread at a time; a value becomes its errno.
    std::function<std::optional<int>(std::string_view call)> fault;
    /// May shorten what a call that reads or copies brings; asked with what it would bring.
    std::function<std::size_t(std::size_t)> shorten = [](std::size_t n) { return n; };
    /// Called before each read of a file, with its descriptor.
    std::function<void(int fd)> before_read;

    [[nodiscard]] int mappings() const { return mappings_; }
    /// CPU accesses begun and not ended.
    [[nodiscard]] int accesses() const { return accesses_; }

    int open(const char* path, int flags) override;
    ssize_t pread(int fd, void* buffer, std::size_t count, off_t offset) override;
    ssize_t preadv2(int fd, const iovec* parts, int count, off_t offset, int flags) override;
    off_t lseek(int fd, off_t offset, int whence) override;
    int fstat(int fd, struct stat* st) override;
    int fstatfs(int fd, struct statfs* st) override;
    int statx(int fd, unsigned mask, struct statx* stx) override;
    int cachestat(int fd, CacheStat* stat) override;
    int ioctl(int fd, unsigned long request, void* argument) override;
    int memfd_create(const char* name, unsigned flags) override;
    int ftruncate(int fd, off_t length) override;
    int add_seals(int fd, int seals) override;
    void* mmap(std::size_t length, int prot, int flags, int fd) override;
    int munmap(void* address, std::size_t length) override;
    int madvise(void* address, std::size_t length, int advice) override;
    ssize_t sendfile(int out, int in, off_t* offset, std::size_t count) override;
    int pipe(int ends[2]) override;
    int set_pipe_size(int fd, int size) override;
    ssize_t splice(int in, off_t* offset_in, int out, std::size_t count) override;
    ssize_t copy_file_range(int in, off_t* offset_in, int out, off_t* offset_out, std::size_t count) override;
    int uname(utsname* system) override;
    std::unique_ptr<ReadRing> make_ring(unsigned entries) override;

    /// Whether the call is to fail; errno is set then.
    [[nodiscard]] bool fails(std::string_view call) const;

private:
    int open_file(const char* path, int flags);
    int heap_alloc(const std::string& name, void* argument);
    int heap_read(const Heap& heap, void* argument);
    int heap_read_ranges(const Heap& heap, unsigned long request, void* argument);
    [[nodiscard]] int range_refusal(const dma_heap_read_range& range) const;
    int read_part(int dmabuf, const dma_heap_read_range& range);
    int udmabuf_make(void* argument) const;
    [[nodiscard]] bool takes_copies(int out) const;
    ssize_t admit_read(int fd, off_t offset, std::size_t count);
    int sync(void* argument);
    int track(int fd, bool direct = false);
    [[nodiscard]] bool is_direct(int fd) const;

    std::atomic<int> mappings_ = 0;
    std::atomic<int> accesses_ = 0;
    std::atomic<std::uint64_t> cache_growth_ = 0;
    mutable std::mutex fault_mutex_;
    mutable std::mutex mutex_;
    std::set<int> direct_;  ///< descriptors of files that were opened with O_DIRECT
};

/// Open descriptors of this process.
[[nodiscard]] std::size_t count_fds();

}  // namespace dmaload::test
