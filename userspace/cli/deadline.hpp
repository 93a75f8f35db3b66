// SPDX-License-Identifier: Apache-2.0
/// \file
/// The time that loads are held to.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <dmaload/error.hpp>

namespace dmaload::cli {

/// What --deadline says, "2s" or "500ms"; nothing where \p text is empty.
/// EINVAL where it is no time above zero.
[[nodiscard]] Result<std::optional<std::chrono::nanoseconds>> parse_deadline(const std::string& text);

}  // namespace dmaload::cli
