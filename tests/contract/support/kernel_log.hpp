// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the kernel says.
#pragma once

#include <string>

#include "system.hpp"

namespace contract {

/// The kernel's log, from the oldest record that it still has or from now on.
class KernelLog {
public:
    enum class Since { boot, now };

    explicit KernelLog(Since since);
    /// What it has said, or has said since this was last called: the messages, a line each.
    [[nodiscard]] std::string text() const;

private:
    UniqueFd fd_;
};

}  // namespace contract
