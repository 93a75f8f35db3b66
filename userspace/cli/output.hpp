// SPDX-License-Identifier: Apache-2.0
/// \file
/// Text for people: quantities, tables, messages.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

namespace dmaload::cli {

/// "512 B", "8.0 MB", "1.4 GB"; decimal units, as storage is sold.
[[nodiscard]] std::string format_size(std::uint64_t bytes);
/// "640 us", "12.3 ms", "1.52 s".
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);
/// "2.06 GB/s".
[[nodiscard]] std::string format_rate(std::uint64_t bytes, std::chrono::nanoseconds duration);

/// Left-aligned columns, two spaces apart; the first row is the heading.
[[nodiscard]] std::string format_table(const std::vector<std::vector<std::string>>& rows);

/// "dmaload: ..." on standard error.
void print_error(const Error& error);
void print_note(std::string_view text);
/// For whoever asked for a direct read and got another.
void warn_of_cached_read();

}  // namespace dmaload::cli
