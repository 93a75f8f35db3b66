// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the kernel says of the machine, as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmaload::bench {

/// The value behind "key : value" in a text of such lines, the first one; else
/// empty. So is /proc/cpuinfo.
[[nodiscard]] std::string parse_field(std::string_view text, std::string_view key);

/// What stands behind "mem auto-init: " in the kernel's log; else empty.
[[nodiscard]] std::string parse_auto_init(std::string_view log);

/// The devices and files in /proc/swaps.
[[nodiscard]] std::vector<std::string> parse_swaps(std::string_view text);

/// Clock ticks of all CPUs together since the boot.
struct Ticks {
    std::uint64_t all = 0;
    std::uint64_t idle = 0;
    std::uint64_t steal = 0;
};

/// The first line of /proc/stat.
[[nodiscard]] Ticks parse_ticks(std::string_view line);

/// The load of the last minute in /proc/loadavg; 0 where it does not say.
[[nodiscard]] double parse_load_average(std::string_view text);

/// A number of megabytes, in bytes: as many as can be counted, where it is more
/// than that. Nothing where \p text is no number.
[[nodiscard]] std::optional<std::uint64_t> parse_megabytes(std::string_view text);

}  // namespace dmaload::bench
