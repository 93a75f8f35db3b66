// SPDX-License-Identifier: Apache-2.0
#include <dmaload/syscalls.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#ifndef SYS_cachestat
#define SYS_cachestat 451  // the same on every architecture; Linux 6.5
#endif

namespace dmaload {

int Syscalls::open(const char* path, int flags)
{
    return ::open(path, flags);
}

ssize_t Syscalls::pread(int fd, void* buffer, std::size_t count, off_t offset)
{
    return ::pread(fd, buffer, count, offset);
}

ssize_t Syscalls::preadv2(int fd, const iovec* parts, int count, off_t offset, int flags)
{
    return ::preadv2(fd, parts, count, offset, flags);
}

off_t Syscalls::lseek(int fd, off_t offset, int whence)
{
    return ::lseek(fd, offset, whence);
}

int Syscalls::fstat(int fd, struct stat* st)
{
    return ::fstat(fd, st);
}

int Syscalls::fstatfs(int fd, struct statfs* st)
{
    return ::fstatfs(fd, st);
}

int Syscalls::statx(int fd, unsigned mask, struct statx* stx)
{
    return ::statx(fd, "", AT_EMPTY_PATH, mask, stx);
}

int Syscalls::cachestat(int fd, CacheStat* stat)
{
    struct {
        std::uint64_t offset, length;
    } whole_file = {0, 0};
    return static_cast<int>(::syscall(SYS_cachestat, fd, &whole_file, stat, 0));
}

int Syscalls::ioctl(int fd, unsigned long request, void* argument)
{
    return ::ioctl(fd, request, argument);
}

int Syscalls::memfd_create(const char* name, unsigned flags)
{
    return ::memfd_create(name, flags);
}

int Syscalls::ftruncate(int fd, off_t length)
{
    return ::ftruncate(fd, length);
}

int Syscalls::add_seals(int fd, int seals)
{
    return ::fcntl(fd, F_ADD_SEALS, seals);
}

void* Syscalls::mmap(std::size_t length, int prot, int flags, int fd)
{
    return ::mmap(nullptr, length, prot, flags, fd, 0);
}

int Syscalls::munmap(void* address, std::size_t length)
{
    return ::munmap(address, length);
}

int Syscalls::madvise(void* address, std::size_t length, int advice)
{
    return ::madvise(address, length, advice);
}

ssize_t Syscalls::sendfile(int out, int in, off_t* offset, std::size_t count)
{
    return ::sendfile(out, in, offset, count);
}

int Syscalls::pipe(int ends[2])
{
    return ::pipe2(ends, O_CLOEXEC);
}

int Syscalls::set_pipe_size(int fd, int size)
{
    return ::fcntl(fd, F_SETPIPE_SZ, size);
}

ssize_t Syscalls::splice(int in, off_t* offset_in, int out, std::size_t count)
{
    return ::splice(in, offset_in, out, nullptr, count, 0);
}

ssize_t Syscalls::copy_file_range(int in, off_t* offset_in, int out, off_t* offset_out, std::size_t count)
{
    return ::copy_file_range(in, offset_in, out, offset_out, count, 0);
}

int Syscalls::uname(utsname* system)
{
    return ::uname(system);
}

namespace {

Syscalls real;
std::atomic<Syscalls*> current = &real;

}  // namespace

Syscalls& syscalls() noexcept
{
    return *current.load(std::memory_order_acquire);
}

ScopedSyscalls::ScopedSyscalls(Syscalls& replacement) noexcept
    : previous_(current.exchange(&replacement, std::memory_order_acq_rel))
{
}

ScopedSyscalls::~ScopedSyscalls()
{
    current.store(previous_, std::memory_order_release);
}

}  // namespace dmaload
