// SPDX-License-Identifier: Apache-2.0
/// \file
/// The system calls that the library makes, in one place, so that tests can
/// put a fake kernel under it.
#pragma once

#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include <dmaload/read_ring.hpp>

namespace dmaload {

/// What cachestat(2) tells about a file; counts are in pages.
struct CacheStat {
    std::uint64_t nr_cache = 0;
    std::uint64_t nr_dirty = 0;
    std::uint64_t nr_writeback = 0;
    std::uint64_t nr_evicted = 0;
    std::uint64_t nr_recently_evicted = 0;
};

/// The real kernel. Each function is the call of that name: it returns -1 (or
/// MAP_FAILED) and sets errno on failure. A test derives from it. Closing is
/// not here: a descriptor is a descriptor, whoever made it.
class Syscalls {
public:
    virtual ~Syscalls() = default;

    virtual int open(const char* path, int flags);
    virtual ssize_t pread(int fd, void* buffer, std::size_t count, off_t offset);
    virtual ssize_t preadv2(int fd, const iovec* parts, int count, off_t offset, int flags);
    virtual off_t lseek(int fd, off_t offset, int whence);
    virtual int fstat(int fd, struct stat* st);
    virtual int fstatfs(int fd, struct statfs* st);
    virtual int statx(int fd, unsigned mask, struct statx* stx);
    /// Of the whole file.
    virtual int cachestat(int fd, CacheStat* stat);
    virtual int ioctl(int fd, unsigned long request, void* argument);
    virtual int memfd_create(const char* name, unsigned flags);
    virtual int ftruncate(int fd, off_t length);
    virtual int add_seals(int fd, int seals);
    virtual void* mmap(std::size_t length, int prot, int flags, int fd);
    virtual int munmap(void* address, std::size_t length);
    virtual int madvise(void* address, std::size_t length, int advice);
    virtual ssize_t sendfile(int out, int in, off_t* offset, std::size_t count);
    /// A pipe whose ends are closed on exec: the reading one, then the writing one.
    virtual int pipe(int ends[2]);
    /// In bytes, of either end.
    virtual int set_pipe_size(int fd, int size);
    /// From \p offset_in of a file (moved on), or from a pipe (nullptr), to the
    /// position of \p out.
    virtual ssize_t splice(int in, off_t* offset_in, int out, std::size_t count);
    virtual ssize_t copy_file_range(int in, off_t* offset_in, int out, off_t* offset_out, std::size_t count);
    virtual int uname(utsname* system);
    /// An io_uring for \p entries reads at once; nullptr on failure.
    virtual std::unique_ptr<ReadRing> make_ring(unsigned entries);
};

/// The calls in force: the real ones, unless a test has replaced them.
[[nodiscard]] Syscalls& syscalls() noexcept;

/// Replaces the calls for the whole process until it goes out of scope. Not
/// to be used while another thread is inside the library.
class ScopedSyscalls {
public:
    explicit ScopedSyscalls(Syscalls& replacement) noexcept;
    ~ScopedSyscalls();
    ScopedSyscalls(const ScopedSyscalls&) = delete;
    ScopedSyscalls& operator=(const ScopedSyscalls&) = delete;

private:
    Syscalls* previous_;
};

}  // namespace dmaload
