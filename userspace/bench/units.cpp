// SPDX-License-Identifier: Apache-2.0
#include "bench/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace dmaload::bench {

namespace {

std::optional<std::uint64_t> parse_scaled(std::string_view text, double step)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || std::isnan(value) || value < 0)
        return std::nullopt;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (!unit.empty()) {
        constexpr std::string_view kPrefixes = "KMGT";
        const char prefix = static_cast<char>(std::toupper(static_cast<unsigned char>(unit.front())));
        if (const std::size_t power = kPrefixes.find(prefix); power != std::string_view::npos) {
            value *= std::pow(step, static_cast<double>(power + 1));
            unit.remove_prefix(1);
        }
        if (!unit.empty() && unit != "B" && unit != "iB")
            return std::nullopt;
    }
    if (value >= 1e18)
        return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(value));
}

/// Up to three significant digits, none of them a zero behind the point.
std::string three_digits(double value)
{
    const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    return text;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    return parse_scaled(text, 1024);
}

std::optional<std::uint64_t> parse_rate(std::string_view text)
{
    return parse_scaled(text, 1000);
}

std::optional<std::chrono::nanoseconds> parse_time(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    const double scale = unit == "s" ? 1e9 : unit == "ms" ? 1e6 : 0;
    if (error != std::errc() || std::isnan(value) || value < 0 || scale == 0 || value * scale >= 1e18)
        return std::nullopt;
    return std::chrono::nanoseconds(std::llround(value * scale));
}

std::string format_size(std::uint64_t bytes)
{
    const std::array<const char*, 5> units = {"B", "KB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    // A size that is not a round one is told to the byte: 4097 is not 4 KB.
    if (value != std::floor(value) && bytes < (std::uint64_t{1} << 20))
        return fmt::format("{} B", bytes);
    return fmt::format("{} {}", three_digits(value), units[unit]);
}

std::string format_rate(std::uint64_t bytes_per_second)
{
    const auto value = static_cast<double>(bytes_per_second);
    if (value >= 1e9)
        return fmt::format("{} GB/s", three_digits(value / 1e9));
    return fmt::format("{} MB/s", three_digits(value / 1e6));
}

std::string format_time(double time)
{
    if (time >= 1e9)
        return fmt::format("{:.2f} s", time / 1e9);
    if (time >= 100e6)
        return fmt::format("{:.0f} ms", time / 1e6);
    if (time >= 10e6)
        return fmt::format("{:.1f} ms", time / 1e6);
    if (time >= 1e6)
        return fmt::format("{:.2f} ms", time / 1e6);
    return fmt::format("{:.3f} ms", time / 1e6);
}

std::string format_time(std::chrono::nanoseconds time)
{
    return format_time(static_cast<double>(time.count()));
}

}  // namespace dmaload::bench
