// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "bench/table.hpp"

namespace dmaload::cli {
namespace {

struct Unit {
    double factor;
    const char* name;
};

/// Three digits, in the largest unit that leaves at least one before the point.
template <std::size_t N>
std::string scaled(double value, const std::array<Unit, N>& units)
{
    const auto* unit = std::ranges::find_if(units, [&](const Unit& u) { return value >= u.factor; });
    if (unit == units.end())
        unit = &units.back();
    const double number = value / unit->factor;
    return fmt::format("{:.{}f} {}", number,
                       unit->factor == 1 || number >= 100 ? 0
                       : number >= 10                     ? 1
                                                          : 2,
                       unit->name);
}

constexpr std::array<Unit, 5> size_units = {{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}, {1, "B"}}};
constexpr std::array<Unit, 4> time_units = {{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};

}  // namespace

std::string format_size(std::uint64_t bytes)
{
    return scaled(static_cast<double>(bytes), size_units);
}

std::string format_duration(std::chrono::nanoseconds duration)
{
    return scaled(static_cast<double>(duration.count()), time_units);
}

std::string format_rate(std::uint64_t bytes, std::chrono::nanoseconds duration)
{
    const std::chrono::duration<double> seconds = duration;
    return seconds.count() > 0 ? scaled(static_cast<double>(bytes) / seconds.count(), size_units) + "/s"
                               : "-";
}

std::string format_table(const std::vector<std::vector<std::string>>& rows)
{
    return bench::render_columns(rows, std::numeric_limits<std::size_t>::max());
}

void print_error(const Error& error)
{
    fmt::print(stderr, "dmaload: {}\n", error.message());
}

void print_note(std::string_view text)
{
    fmt::print(stderr, "dmaload: {}\n", text);
}

void warn_of_cached_read()
{
    print_note("warning: the filesystem took a direct read through the page cache");
}

}  // namespace dmaload::cli
