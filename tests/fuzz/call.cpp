// SPDX-License-Identifier: Apache-2.0
#include "call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string_view>

namespace fuzz {
namespace {

constexpr std::array form_names{"plain", "flag", "ranges"};
constexpr std::array place_names{"good",     "edge",   "cut",          "unaligned", "read-only", "null",
                                 "unmapped", "kernel", "noncanonical", "vanishing", "late"};

struct Number {
    const char* name;
    std::uint64_t Call::* member;
};

constexpr std::array numbers{Number{"number", &Call::number},
                             Number{"type", &Call::type},
                             Number{"size", &Call::size},
                             Number{"direction", &Call::direction},
                             Number{"len", &Call::len},
                             Number{"fd", &Call::fd},
                             Number{"fd_flags", &Call::fd_flags},
                             Number{"heap_flags", &Call::heap_flags},
                             Number{"reserved", &Call::reserved},
                             Number{"nr_ranges", &Call::nr_ranges},
                             Number{"bytes_read", &Call::bytes_read},
                             Number{"tail_at", &Call::tail_at},
                             Number{"compat", &Call::compat},
                             Number{"no_fds", &Call::no_fds},
                             Number{"swap", &Call::swap},
                             Number{"kill", &Call::kill}};

/// Large ones, which are mostly of powers of two, in hexadecimal.
std::string number_text(std::uint64_t value)
{
    if (value < 65536)
        return std::to_string(value);
    std::ostringstream out;
    out << "0x" << std::hex << value;
    return out.str();
}

bool parse_number(std::string_view text, std::uint64_t& value)
{
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal)
        text.remove_prefix(2);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
    return error == std::errc() && end == text.data() + text.size();
}

template <class Names, class Enum>
bool parse_name(const Names& names, std::string_view text, Enum& value)
{
    const auto found = std::ranges::find(names, text);
    if (found == names.end())
        return false;
    value = static_cast<Enum>(found - names.begin());
    return true;
}

/// FILE:FILE_OFFSET:LENGTH:BUFFER_OFFSET[:RESERVED[:TIMES:STEP]]
std::string range_text(const RangeSpec& range)
{
    std::string text = range.file;
    std::vector<std::uint64_t> values{range.file_offset, range.length, range.buffer_offset};
    if (range.reserved != 0 || range.times != 1)
        values.push_back(range.reserved);
    if (range.times != 1)
        values.insert(values.end(), {range.times, range.step});
    for (const std::uint64_t value : values)
        text += ":" + number_text(value);
    return text;
}

bool parse_range(const std::string& text, RangeSpec& range)
{
    std::istringstream words(text);
    std::getline(words, range.file, ':');
    const std::array members{&range.file_offset, &range.length, &range.buffer_offset,
                             &range.reserved,    &range.times,  &range.step};
    std::size_t count = 0;
    for (std::string word; std::getline(words, word, ':'); ++count)
        if (count == members.size() || !parse_number(word, *members.at(count)))
            return false;
    return count == 3 || count == 4 || count == 6;
}

bool parse_word(const std::string& key, const std::string& value, Call& call)
{
    if (key == "heap" || key == "file") {
        (key == "heap" ? call.heap : call.file) = value;
        return true;
    }
    if (key == "place" || key == "ranges_place")
        return parse_name(place_names, value, key == "place" ? call.place : call.ranges_place);
    if (key == "range")
        return parse_range(value, call.ranges.emplace_back());
    const auto* const number = std::ranges::find(numbers, key, &Number::name);
    return number != numbers.end() && parse_number(value, call.*number->member);
}

}  // namespace

Call Call::of(Form form)
{
    Call call;
    call.form = form;
    call.number = form == Form::ranges ? 1 : 0;
    call.size = call.struct_size();
    call.heap_flags = form == Form::flag ? DMA_HEAP_ALLOC_AND_READ_FILE : 0;
    return call;
}

const char* name_of(Form form)
{
    return form_names.at(static_cast<std::size_t>(form));
}

std::string to_text(const Call& call)
{
    const Call preset = Call::of(call.form);
    std::string text = name_of(call.form);
    if (call.heap != preset.heap)
        text += " heap=" + call.heap;
    if (call.file != preset.file)
        text += " file=" + call.file;
    for (const Number& number : numbers)
        if (call.*number.member != preset.*number.member)
            text += std::string(" ") + number.name + "=" + number_text(call.*number.member);
    if (call.place != preset.place)
        text += std::string(" place=") + place_names.at(static_cast<std::size_t>(call.place));
    if (call.ranges_place != preset.ranges_place)
        text += std::string(" ranges_place=") + place_names.at(static_cast<std::size_t>(call.ranges_place));
    for (const RangeSpec& range : call.ranges)
        text += " range=" + range_text(range);
    return text;
}

std::expected<Call, std::string> from_text(const std::string& text)
{
    std::istringstream words(text);
    std::string word;
    words >> word;
    Form form{};
    if (!parse_name(form_names, word, form))
        return std::unexpected("a call begins with plain, flag or ranges, not with '" + word + "'");
    Call call = Call::of(form);
    while (words >> word) {
        const std::size_t equal = word.find('=');
        if (equal == std::string::npos || !parse_word(word.substr(0, equal), word.substr(equal + 1), call))
            return std::unexpected("no part of a call: '" + word + "'");
    }
    return call;
}

}  // namespace fuzz
