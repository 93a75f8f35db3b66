// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the parts of the fake kernel share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace dmaload::test {

/// A failing system call's return.
inline int error(int code)
{
    errno = code;
    return -1;
}

/// What a heap's buffer is called among the memfds.
inline constexpr const char* buffer_name = "fake-dmabuf";

/// The name of a memfd, which is how a fake object is known; else empty.
inline std::string memfd_name(int fd)
{
    constexpr std::string_view prefix = "/memfd:";
    char target[256];
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t n = ::readlink(link.c_str(), target, sizeof(target));
    const std::string_view text(target, n > 0 ? static_cast<std::size_t>(n) : 0);
    if (!text.starts_with(prefix))
        return {};
    return std::string(text.substr(prefix.size(), text.rfind(" (deleted)") - prefix.size()));
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
