// SPDX-License-Identifier: Apache-2.0
/// \file
/// A command as somebody would type it again.
#pragma once

#include <span>
#include <string>

namespace dmaload::cli {

/// The arguments with spaces between them, in quotes where a shell would make
/// something else of them.
[[nodiscard]] std::string command_text(std::span<const std::string> arguments);

}  // namespace dmaload::cli
