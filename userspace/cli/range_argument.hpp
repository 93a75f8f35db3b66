// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ranges as they are written on the command line.
#pragma once

#include <optional>
#include <string_view>

#include <dmaload/ranges.hpp>

namespace dmaload::cli {

inline constexpr const char* range_syntax = "FILE:OFFSET:LENGTH[@BUFFER_OFFSET]";

/// Reads range_syntax. Numbers are bytes, or have a suffix (4K, 1.5G: powers
/// of 1024); LENGTH 0 is "to the end of the file". FILE may have colons.
[[nodiscard]] std::optional<FileRange> parse_range(std::string_view text);

}  // namespace dmaload::cli
