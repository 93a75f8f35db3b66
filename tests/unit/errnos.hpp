// SPDX-License-Identifier: Apache-2.0
/// \file
/// The errnos that calls are made to fail with.
#pragma once

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace dmaload::test {

/// Those that the library, its callers or people make a difference of.
inline constexpr std::array usual_errnos{EPERM,  ENOENT, EINTR,  EIO,    EBADF,     EAGAIN, ENOMEM,
                                         EACCES, EFAULT, EBUSY,  ENODEV, EINVAL,    ENFILE, EMFILE,
                                         ENOTTY, EFBIG,  ENOSPC, ENOSYS, EOPNOTSUPP};

/// All that have a name.
[[nodiscard]] inline std::vector<int> all_errnos()
{
    std::vector<int> codes;
    for (int code = 1; code <= EHWPOISON; ++code) {
        if (::strerrorname_np(code) != nullptr)
            codes.push_back(code);
    }
    return codes;
}

}  // namespace dmaload::test
