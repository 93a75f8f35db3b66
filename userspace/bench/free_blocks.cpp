// SPDX-License-Identifier: Apache-2.0
#include "bench/free_blocks.hpp"

#include <algorithm>
#include <array>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

/// Counts above 100000 are not told exactly: ">100000".
std::uint64_t block_count(std::string_view word)
{
    if (word.starts_with('>'))
        word.remove_prefix(1);
    return parse_number(word).value_or(0);
}

}  // namespace

FreeBlocks parse_free_blocks(std::string_view text)
{
    FreeBlocks blocks;
    for (const std::string_view line : split(text, "\n")) {
        // Behind the free pages, /proc/pagetypeinfo counts what is no longer free.
        if (line.starts_with("Number of blocks"))
            break;
        // "Node 0, zone   Normal   1 2 3 ..." or "Node 0, zone   Normal, type   Movable   1 2 3 ..."
        const auto words = split(line, " ");
        constexpr std::size_t kOrders = 64;  // a block of more pages has no number here
        const std::size_t names = words.size() > 5 && words[4] == "type" ? 6 : 4;
        if (words.size() <= names || words.size() > names + kOrders || words[0] != "Node")
            continue;
        constexpr std::array kNotForHeaps = {"CMA", "HighAtomic", "Isolate"};
        if (names == 6 && std::ranges::find(kNotForHeaps, words[5]) != kNotForHeaps.end())
            continue;
        blocks.resize(std::max(blocks.size(), words.size() - names));
        for (std::size_t i = names; i < words.size(); ++i)
            blocks[i - names] += block_count(words[i]);
    }
    return blocks;
}

Result<FreeBlocks> read_free_blocks()
{
    if (const auto by_type = read_text("/proc/pagetypeinfo"))
        return parse_free_blocks(*by_type);
    const auto text = read_text("/proc/buddyinfo");
    if (!text)
        return std::unexpected(text.error());
    return parse_free_blocks(*text);
}

std::uint64_t free_pages_from(const FreeBlocks& blocks, unsigned order)
{
    std::uint64_t pages = 0;
    for (std::size_t i = order; i < blocks.size(); ++i)
        pages += blocks[i] << i;
    return pages;
}

}  // namespace dmaload::bench
