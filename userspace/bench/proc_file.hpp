// SPDX-License-Identifier: Apache-2.0
/// \file
/// Small text files of /proc and /sys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// The whole of a small file.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

/// The first line of a small file, or an empty string where it cannot be read.
[[nodiscard]] std::string read_line_or_empty(const std::string& path);

/// Writes to a file that exists, in one write(2), as /proc and /sys want it.
[[nodiscard]] Result<void> write_text(const std::string& path, std::string_view text);

/// A decimal number at the start of \p text, blanks before it allowed.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

/// The word in brackets, as in "always [madvise] never"; empty where there is
/// none.
[[nodiscard]] std::string_view selected_word(std::string_view text);

/// The pieces of \p text between any of \p separators, empty ones left out.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, std::string_view separators);

}  // namespace dmaload::bench
