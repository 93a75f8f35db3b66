// SPDX-License-Identifier: Apache-2.0
/// \file
/// What people type: sizes, rates, times and ranges.
#include <bench/units.hpp>
#include <deadline.hpp>
#include <range_argument.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"

using dmaload::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace dmaload;
    constexpr std::uint64_t too_large = 1'000'000'000'000'000'000;
    constexpr std::uint64_t exact = std::uint64_t{1} << 53U;  // larger ones may be rounded
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    for (const auto parse : {bench::parse_size, bench::parse_rate}) {
        const auto value = parse(text);
        if (!value)
            continue;
        require(*value <= too_large, "sizes and rates have a limit");
        if (*value < exact)
            require(parse(std::to_string(*value)) == value, "a number without a unit is itself");
        require(!bench::format_size(*value).empty() && !bench::format_rate(*value).empty(), "it has a text");
    }
    if (const auto time = bench::parse_time(text)) {
        require(time->count() >= 0, "no time is negative");
        require(!bench::format_time(*time).empty(), "it has a text");
    }
    if (const auto deadline = cli::parse_deadline(std::string(text)); deadline && *deadline)
        require((*deadline)->count() > 0, "a deadline is some time away");
    if (const auto range = cli::parse_range(text)) {
        require(!range->file.empty() && text.starts_with(range->file), "the file comes first");
        require(range->buffer_offset.has_value() ==
                    (text.substr(range->file.size()).find('@') != std::string_view::npos),
                "a place in the buffer is there where it is named");
    }
    return 0;
}
