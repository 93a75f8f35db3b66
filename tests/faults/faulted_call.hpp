// SPDX-License-Identifier: Apache-2.0
/// \file
/// One ioctl of which one step fails.
#pragma once

#include "support/system.hpp"

namespace faults {

struct Faulted {
    contract::Errno error;
    bool injected = false;  ///< there was an n-th step
};

/// The thread's own file of the kernel in which it asks for its n-th fault.
class NthFault {
public:
    NthFault();

    /// Makes the ioctl with its n-th step failing. Everything that \p argument
    /// points to must have been written to before: a page fault would count.
    [[nodiscard]] Faulted call(unsigned int n, int fd, unsigned long command, void* argument) const;

private:
    void forget() const;

    contract::UniqueFd file_;
};

}  // namespace faults
