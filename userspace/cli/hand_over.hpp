// SPDX-License-Identifier: Apache-2.0
/// \file
/// Hands a loaded buffer to another program.
#pragma once

#include <string>
#include <vector>

#include <dmaload/unique_fd.hpp>

namespace dmaload::cli {

/// Replaces this process by the command, which inherits the buffer and finds
/// its number in DMALOAD_FD. Without a command, does nothing and returns
/// exit_done; returns exit_failed, with a message printed, where it cannot.
[[nodiscard]] int hand_over(UniqueFd dmabuf, const std::vector<std::string>& command);

}  // namespace dmaload::cli
