// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the parts of the fake kernel share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

namespace dmaload::test {

/// A failing system call's return.
inline int error(int code)
{
    errno = code;
    return -1;
}

inline std::uint64_t page()
{
    return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

inline std::uint64_t whole_pages(std::uint64_t size)
{
    return (size + page() - 1) / page() * page();
}

inline int make_memfd(const std::string& name, std::uint64_t size)
{
    const int fd = ::memfd_create(name.c_str(), MFD_CLOEXEC);
    if (fd >= 0 && ::ftruncate(fd, static_cast<off_t>(size)) < 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

}  // namespace dmaload::test
