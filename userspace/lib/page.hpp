// SPDX-License-Identifier: Apache-2.0
/// \file
/// Arithmetic with pages and blocks.
#pragma once

#include <unistd.h>

#include <cstdint>

namespace dmaload {

[[nodiscard]] inline std::uint64_t page_size() noexcept
{
    return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

[[nodiscard]] constexpr std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) noexcept
{
    return value - value % unit;
}

/// The caller makes sure that the result fits.
[[nodiscard]] constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) noexcept
{
    return round_down(value + unit - 1, unit);
}

}  // namespace dmaload
