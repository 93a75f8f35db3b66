// SPDX-License-Identifier: Apache-2.0
/// \file
/// The udmabuf driver's limit of a buffer's size.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dmaload {

/// The parameter size_limit_mb, in bytes: as many as can be counted, where it is
/// more than that. Nothing where \p text is no number.
[[nodiscard]] std::optional<std::uint64_t> parse_size_limit(std::string_view text);

}  // namespace dmaload
