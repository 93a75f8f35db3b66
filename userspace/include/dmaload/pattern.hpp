// SPDX-License-Identifier: Apache-2.0
/// \file
/// Seeded, incompressible content that is a function of the offset alone, so
/// that any part of a file or buffer can be checked without a second copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace dmaload::pattern {

/// Writes the content that belongs at \p offset (in bytes; any alignment).
void fill(std::span<std::byte> bytes, std::uint64_t offset, std::uint64_t seed) noexcept;

/// Compares \p bytes with the content that belongs at \p offset. Returns the
/// offset of the first byte that differs, counted like \p offset (from the
/// start of the content, not of the span), or nothing where all are equal.
[[nodiscard]] std::optional<std::uint64_t> first_difference(std::span<const std::byte> bytes,
                                                            std::uint64_t offset,
                                                            std::uint64_t seed) noexcept;

/// The first byte that is not zero, counted from \p offset, or nothing.
[[nodiscard]] std::optional<std::uint64_t> first_nonzero(std::span<const std::byte> bytes,
                                                         std::uint64_t offset) noexcept;

}  // namespace dmaload::pattern
