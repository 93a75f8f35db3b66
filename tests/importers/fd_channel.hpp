// SPDX-License-Identifier: Apache-2.0
/// \file
/// Descriptors that go from one process to another (SCM_RIGHTS).
#pragma once

#include "support/system.hpp"

namespace importers {

/// To be made before the process forks: both have both ends.
class FdChannel {
public:
    FdChannel();

    /// The receiver gets a descriptor of its own; the sender may close this one at once.
    void send(int fd) const;
    /// Waits for one.
    [[nodiscard]] contract::UniqueFd receive() const;

private:
    contract::UniqueFd sender_;
    contract::UniqueFd receiver_;
};

}  // namespace importers
