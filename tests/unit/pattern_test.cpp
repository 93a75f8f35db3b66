// SPDX-License-Identifier: Apache-2.0
#include <dmaload/pattern.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace dmaload::pattern {
namespace {

std::vector<std::byte> make(std::size_t size, std::uint64_t offset, std::uint64_t seed)
{
    std::vector<std::byte> bytes(size);
    fill(bytes, offset, seed);
    return bytes;
}

TEST(Pattern, IsAFunctionOfTheOffset)
{
    const auto whole = make(10000, 0, 42);
    for (const std::size_t begin : std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 4095, 4096, 9999}) {
        for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 5, 8, 17, 4000}) {
            const std::size_t size = std::min(length, whole.size() - begin);
            const auto part = make(size, begin, 42);
            EXPECT_TRUE(std::ranges::equal(part, std::span(whole).subspan(begin, size)))
                << begin << " " << length;
        }
    }
}

TEST(Pattern, StaysTheSame)
{
    // Files made by one version must verify in the next, on any byte order.
    const auto bytes = make(8, 0, 0);
    const std::array<int, 8> expected = {0x08, 0x10, 0x87, 0xa3, 0x96, 0x98, 0xaf, 0xd1};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        EXPECT_EQ(std::to_integer<int>(bytes[i]), expected.at(i)) << i;
}

TEST(Pattern, FindsTheFirstDifference)
{
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{1} << 40U}) {
        auto bytes = make(20000, offset, 1);
        EXPECT_EQ(first_difference(bytes, offset, 1), std::nullopt);
        for (const std::size_t at :
             std::initializer_list<std::size_t>{19999, 19992, 12345, 4096, 8, 7, 1, 0}) {
            bytes[at] ^= std::byte{1};
            EXPECT_EQ(first_difference(bytes, offset, 1), offset + at);
        }
    }
    EXPECT_EQ(first_difference({}, 5, 1), std::nullopt);
}

TEST(Pattern, DependsOnSeedAndOffset)
{
    EXPECT_EQ(first_difference(make(4096, 0, 1), 0, 2).has_value(), true);
    // Not the same content shifted by a word, a sector or a page either.
    for (const std::uint64_t shift : std::initializer_list<std::uint64_t>{8, 512, 4096}) {
        EXPECT_LT(*first_difference(make(4096, shift, 1), 0, 1), 16U);
        EXPECT_LT(*first_difference(make(4096, shift, 1), 0, 2), 16U);
    }
}

TEST(Pattern, DoesNotRepeat)
{
    const auto bytes = make(std::size_t{1} << 20U, 0, 7);
    std::set<std::array<std::byte, 8>> words;
    std::array<std::size_t, 256> counts{};
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
        std::array<std::byte, 8> word{};
        std::ranges::copy(std::span(bytes).subspan(i, 8), word.begin());
        words.insert(word);
    }
    for (const std::byte b : bytes)
        ++counts.at(std::to_integer<std::size_t>(b));
    EXPECT_EQ(words.size(), bytes.size() / 8);
    // 4096 of each value are expected; ten standard deviations are 640.
    EXPECT_GT(*std::ranges::min_element(counts), 3456U);
    EXPECT_LT(*std::ranges::max_element(counts), 4736U);
}

TEST(FirstNonzero, CountsFromTheOffset)
{
    std::vector<std::byte> bytes(100);
    EXPECT_EQ(first_nonzero(bytes, 5), std::nullopt);
    bytes[99] = std::byte{1};
    EXPECT_EQ(first_nonzero(bytes, 5), 104U);
}

}  // namespace
}  // namespace dmaload::pattern
