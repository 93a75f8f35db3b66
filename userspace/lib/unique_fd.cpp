// SPDX-License-Identifier: Apache-2.0
#include <dmaload/unique_fd.hpp>

#include <unistd.h>

#include <cerrno>

namespace dmaload {

void UniqueFd::reset(int fd) noexcept
{
    const int old = std::exchange(fd_, fd);
    if (old < 0)
        return;
    // Destructors run on error paths, whose errno must survive. Linux closes
    // the descriptor even when it reports EINTR, so there is no second try.
    const int saved = errno;
    ::close(old);
    errno = saved;
}

}  // namespace dmaload
