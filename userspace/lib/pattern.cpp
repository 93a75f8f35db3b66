// SPDX-License-Identifier: Apache-2.0
#include <dmaload/pattern.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace dmaload::pattern {
namespace {

constexpr std::size_t word_size = sizeof(std::uint64_t);
// 2^64 divided by the golden ratio: spreads neighbouring counters over all bits.
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15U;

/// The little-endian word with this index. Two multiplications and three
/// shifts: cheap where every instruction is emulated, and it vectorises.
constexpr std::uint64_t word_at(std::uint64_t index, std::uint64_t key) noexcept
{
    std::uint64_t x = (index + key) * spread;
    x ^= x >> 32U;
    x *= 0xd6e8feb86659fd93U;
    x ^= x >> 29U;
    if constexpr (std::endian::native == std::endian::big)
        x = __builtin_bswap64(x);
    return x;
}

/// Seeds that differ by one must not give the same content, shifted.
constexpr std::uint64_t key_of(std::uint64_t seed) noexcept
{
    std::uint64_t x = (seed + 1) * 0xff51afd7ed558ccdU;
    x ^= x >> 33U;
    return x * 0xc4ceb9fe1a85ec53U;
}

std::byte byte_at(std::uint64_t offset, std::uint64_t key) noexcept
{
    const std::uint64_t word = word_at(offset / word_size, key);
    std::byte bytes[word_size];
    std::memcpy(bytes, &word, word_size);
    return bytes[offset % word_size];
}

/// Bytes before the first whole word at or behind \p offset.
std::size_t head_length(std::uint64_t offset, std::size_t size) noexcept
{
    return std::min(size, static_cast<std::size_t>((word_size - offset % word_size) % word_size));
}

}  // namespace

void fill(std::span<std::byte> bytes, std::uint64_t offset, std::uint64_t seed) noexcept
{
    const std::uint64_t key = key_of(seed);
    std::size_t i = 0;
    for (const std::size_t head = head_length(offset, bytes.size()); i < head; ++i)
        bytes[i] = byte_at(offset + i, key);

    std::uint64_t index = (offset + i) / word_size;
    std::byte* out = bytes.data() + i;
    for (std::size_t words = (bytes.size() - i) / word_size; words != 0; --words, ++index, out += word_size) {
        const std::uint64_t word = word_at(index, key);
        std::memcpy(out, &word, word_size);
    }

    i = bytes.size() - (bytes.size() - i) % word_size;
    for (; i < bytes.size(); ++i)
        bytes[i] = byte_at(offset + i, key);
}

std::optional<std::uint64_t> first_difference(std::span<const std::byte> bytes, std::uint64_t offset,
                                              std::uint64_t seed) noexcept
{
    const std::uint64_t key = key_of(seed);
    const auto differs_from = [&](std::size_t begin, std::size_t end) -> std::optional<std::uint64_t> {
        for (std::size_t i = begin; i < end; ++i) {
            if (bytes[i] != byte_at(offset + i, key))
                return offset + i;
        }
        return std::nullopt;
    };

    const std::size_t head = head_length(offset, bytes.size());
    if (auto found = differs_from(0, head))
        return found;

    // Differences of a block are gathered without a branch for each word; only
    // a block that has one is looked at byte by byte.
    constexpr std::size_t block_words = 512;
    std::size_t i = head;
    while (bytes.size() - i >= word_size) {
        const std::size_t words = std::min(block_words, (bytes.size() - i) / word_size);
        const std::uint64_t index = (offset + i) / word_size;
        std::uint64_t difference = 0;
        for (std::size_t w = 0; w < words; ++w) {
            std::uint64_t word;
            std::memcpy(&word, bytes.data() + i + w * word_size, word_size);
            difference |= word ^ word_at(index + w, key);
        }
        if (difference != 0)
            return differs_from(i, i + words * word_size);
        i += words * word_size;
    }
    return differs_from(i, bytes.size());
}

std::optional<std::uint64_t> first_nonzero(std::span<const std::byte> bytes, std::uint64_t offset) noexcept
{
    const auto found = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
    if (found == bytes.end())
        return std::nullopt;
    return offset + static_cast<std::uint64_t>(found - bytes.begin());
}

}  // namespace dmaload::pattern
