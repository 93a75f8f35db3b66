// SPDX-License-Identifier: Apache-2.0
/// \file
/// Descriptors that go from one process to another (SCM_RIGHTS).
#pragma once

#include "system.hpp"

namespace contract {

/// To be made before the process forks: both have both ends.
class FdChannel {
public:
    FdChannel();

    /// The receiver gets a descriptor of its own; the sender may close this one at once.
    void send(int fd) const;
    /// Waits for one. Throws std::system_error: EACCES if the kernel kept it back, ENOMSG if none was sent.
    [[nodiscard]] UniqueFd receive() const;

private:
    UniqueFd sender_;
    UniqueFd receiver_;
};

}  // namespace contract
