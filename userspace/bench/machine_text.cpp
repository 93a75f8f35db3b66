// SPDX-License-Identifier: Apache-2.0
#include "bench/machine_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

std::string parse_field(std::string_view text, std::string_view key)
{
    for (const std::string_view line : split(text, "\n")) {
        if (!line.starts_with(key))
            continue;
        const std::size_t colon = line.find(':');
        const std::size_t start =
            colon == std::string_view::npos ? colon : line.find_first_not_of(" \t", colon + 1);
        if (start != std::string_view::npos)
            return std::string(line.substr(start));
    }
    return {};
}

std::string parse_auto_init(std::string_view log)
{
    constexpr std::string_view kMark = "mem auto-init: ";
    const std::size_t at = log.find(kMark);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = log.substr(at + kMark.size());
    return std::string(rest.substr(0, rest.find('\n')));
}

std::vector<std::string> parse_swaps(std::string_view text)
{
    std::vector<std::string> swaps;
    for (const std::string_view line : split(text, "\n")) {
        const auto words = split(line, " \t");
        if (!words.empty() && words.front() != "Filename")
            swaps.emplace_back(words.front());
    }
    return swaps;
}

Ticks parse_ticks(std::string_view line)
{
    // user nice system idle iowait irq softirq steal
    Ticks ticks;
    const auto words = split(line.substr(0, line.find('\n')), " ");
    for (std::size_t i = 1; i < std::min<std::size_t>(words.size(), 9); ++i) {
        const std::uint64_t count = parse_number(words[i]).value_or(0);
        ticks.all += count;
        if (i == 4 || i == 5)
            ticks.idle += count;
        if (i == 8)
            ticks.steal = count;
    }
    return ticks;
}

double parse_load_average(std::string_view text)
{
    double load = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), load);
    return error == std::errc() && std::isfinite(load) && load >= 0 ? load : 0;
}

std::optional<std::uint64_t> parse_megabytes(std::string_view text)
{
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() >> 20U;
    const auto megabytes = parse_number(text);
    return megabytes ? std::optional(std::min(*megabytes, kMost) << 20U) : std::nullopt;
}

}  // namespace dmaload::bench
