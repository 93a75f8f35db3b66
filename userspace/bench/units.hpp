// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sizes, rates and times as people write and read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dmaload::bench {

/// "512K", "8M", "1.5G" (powers of 1024), or plain bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// "800M", "1.2G" (powers of 1000, as disks are sold), or plain bytes a second.
[[nodiscard]] std::optional<std::uint64_t> parse_rate(std::string_view text);

/// "2s", "1.5 s", "500ms".
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_time(std::string_view text);

/// 512 KB, 8 MB, 256 MB (powers of 1024).
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// 850 MB/s, 1.05 GB/s (powers of 1000).
[[nodiscard]] std::string format_rate(std::uint64_t bytes_per_second);

/// Three digits that mean something: 0.512 ms, 12.3 ms, 1.35 s.
[[nodiscard]] std::string format_time(double nanoseconds);
[[nodiscard]] std::string format_time(std::chrono::nanoseconds time);

}  // namespace dmaload::bench
