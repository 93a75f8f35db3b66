// SPDX-License-Identifier: Apache-2.0
/// \file
/// RLIMIT_NOFILE, lowered for a while.
#pragma once

#include <sys/resource.h>

#include "support/system.hpp"

namespace contract {

/// While it lives, no descriptor can be opened.
class NoMoreFds {
public:
    NoMoreFds()
    {
        if (::getrlimit(RLIMIT_NOFILE, &before_) != 0)
            throw_errno("getrlimit");
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(next_fd());
        if (::setrlimit(RLIMIT_NOFILE, &now) != 0)
            throw_errno("setrlimit");
    }
    NoMoreFds(const NoMoreFds&) = delete;
    NoMoreFds& operator=(const NoMoreFds&) = delete;
    ~NoMoreFds() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

}  // namespace contract
