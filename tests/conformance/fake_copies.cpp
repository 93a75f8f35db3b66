// SPDX-License-Identifier: Apache-2.0
/// \file
/// The calls by which the kernel copies files itself, to any memfd and, with
/// the comparison patches, to a heap's buffer.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "fake_kernel.hpp"
#include "fake_support.hpp"

namespace dmaload::test {
namespace {

/// What one call copies, so that callers have to repeat it.
constexpr std::size_t step = std::size_t{64} << 10U;

}  // namespace

bool FakeKernel::takes_copies(int out) const
{
    return writes_buffers || memfd_name(out) != buffer_name;
}

/// How many of \p count bytes a read of the file gives, or -1.
ssize_t FakeKernel::admit_read(int fd, off_t offset, std::size_t count)
{
    if (before_read && memfd_name(fd).empty())
        before_read(fd);
    if (is_direct(fd) && direct_alignment == 0)
        cache_growth_ += whole_pages(count) / page();
    if (is_direct(fd) && direct_alignment != 0 &&
        (count % direct_alignment != 0 || static_cast<std::uint64_t>(offset) % direct_alignment != 0))
        return error(EINVAL);
    struct stat st{};
    if (::fstat(fd, &st) < 0)
        return -1;
    const off_t rest = std::max(st.st_size - offset, off_t{0});
    return static_cast<ssize_t>(shorten(std::min({count, static_cast<std::size_t>(rest), step})));
}

ssize_t FakeKernel::sendfile(int out, int in, off_t* offset, std::size_t count)
{
    if (fails("sendfile"))
        return -1;
    if (!takes_copies(out))
        return error(EINVAL);
    const ssize_t n = admit_read(in, *offset, count);
    return n <= 0 ? n : ::sendfile(out, in, offset, static_cast<std::size_t>(n));
}

int FakeKernel::pipe(int ends[2])
{
    if (fails("pipe") || ::pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    track(ends[0]);
    track(ends[1]);
    return 0;
}

int FakeKernel::set_pipe_size(int fd, int size)
{
    return fails("set_pipe_size") ? -1 : ::fcntl(fd, F_SETPIPE_SZ, size);
}

ssize_t FakeKernel::splice(int in, off_t* offset_in, int out, std::size_t count)
{
    if (fails("splice"))
        return -1;
    if (offset_in == nullptr) {
        int there = 0;  // bytes in the pipe
        if (!takes_copies(out) || ::ioctl(in, FIONREAD, &there) < 0)
            return error(EINVAL);
        const std::size_t n = shorten(std::min(count, static_cast<std::size_t>(there)));
        return n == 0 ? 0 : ::splice(in, nullptr, out, nullptr, n, 0);
    }
    const ssize_t n = admit_read(in, *offset_in, count);
    return n <= 0 ? n : ::splice(in, offset_in, out, nullptr, static_cast<std::size_t>(n), 0);
}

ssize_t FakeKernel::copy_file_range(int in, off_t* offset_in, int out, off_t* offset_out, std::size_t count)
{
    if (fails("copy_file_range"))
        return -1;
    if (!takes_copies(out))
        return error(EINVAL);
    struct stat st{};
    if (::fstat(in, &st) < 0)
        return -1;
    // The kernel stops at the end of the file, and sees to its last block itself.
    const off_t rest = std::max(st.st_size - *offset_in, off_t{0});
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(rest));
    const std::size_t block = is_direct(in) && direct_alignment != 0 ? direct_alignment : 1;
    const ssize_t n = wanted == 0 ? 0 : admit_read(in, *offset_in, (wanted + block - 1) / block * block);
    if (n <= 0)
        return n;
    if (::lseek(out, *offset_out, SEEK_SET) < 0)
        return -1;
    const ssize_t done = ::sendfile(out, in, offset_in, std::min(static_cast<std::size_t>(n), wanted));
    *offset_out += std::max(done, ssize_t{0});
    return done;
}

}  // namespace dmaload::test
