// SPDX-License-Identifier: Apache-2.0
#include "range_argument.hpp"

#include <cstddef>
#include <string>

#include "bench/units.hpp"

namespace dmaload::cli {
namespace {

/// Cuts off what stands behind the last \p mark; nothing where there is none.
std::optional<std::string_view> cut_behind_last(std::string_view& text, char mark)
{
    const std::size_t at = text.rfind(mark);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view behind = text.substr(at + 1);
    text = text.substr(0, at);
    return behind;
}

}  // namespace

std::optional<FileRange> parse_range(std::string_view text)
{
    // From the right: names of files may have the marks in them.
    auto length_text = cut_behind_last(text, ':');
    const auto offset_text = cut_behind_last(text, ':');
    if (!length_text || !offset_text || text.empty())
        return std::nullopt;

    FileRange range{.file = std::string(text)};
    if (const auto place_text = cut_behind_last(*length_text, '@')) {
        range.buffer_offset = bench::parse_size(*place_text);
        if (!range.buffer_offset)
            return std::nullopt;
    }
    const auto offset = bench::parse_size(*offset_text);
    const auto length = bench::parse_size(*length_text);
    if (!offset || !length)
        return std::nullopt;
    range.file_offset = *offset;
    range.length = *length;
    return range;
}

}  // namespace dmaload::cli
