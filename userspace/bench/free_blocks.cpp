// SPDX-License-Identifier: Apache-2.0
#include "bench/free_blocks.hpp"

#include <algorithm>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

FreeBlocks parse_buddyinfo(std::string_view text)
{
    FreeBlocks blocks;
    for (const std::string_view line : split(text, "\n")) {
        // "Node 0, zone   Normal   1 2 3 ..."
        const auto words = split(line, " ");
        constexpr std::size_t kNames = 4;
        if (words.size() <= kNames || words[0] != "Node")
            continue;
        blocks.resize(std::max(blocks.size(), words.size() - kNames));
        for (std::size_t i = kNames; i < words.size(); ++i)
            blocks[i - kNames] += parse_number(words[i]).value_or(0);
    }
    return blocks;
}

Result<FreeBlocks> read_buddyinfo()
{
    const auto text = read_text("/proc/buddyinfo");
    if (!text)
        return std::unexpected(text.error());
    return parse_buddyinfo(*text);
}

std::uint64_t free_pages_from(const FreeBlocks& blocks, unsigned order)
{
    std::uint64_t pages = 0;
    for (std::size_t i = order; i < blocks.size(); ++i)
        pages += blocks[i] << i;
    return pages;
}

}  // namespace dmaload::bench
