// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a call may leave behind when it fails or its caller ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace contract {

/// This process's descriptors, and the dma-bufs and CMA pages of the machine.
/// The kernel counts them one by one, so that a look is exact and costs little.
class Holdings {
public:
    Holdings();
    /// What is not as it was when this was made; empty if all is.
    [[nodiscard]] std::string change() const;
    /// The same after a wait for it to go: what an ended process had is given
    /// back, but not at once.
    [[nodiscard]] std::string lasting_change() const;

private:
    std::vector<int> fds_;
    std::optional<long> dmabufs_;
    long long cma_;  ///< pages
};

}  // namespace contract
