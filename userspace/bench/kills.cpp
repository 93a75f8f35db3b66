// SPDX-License-Identifier: Apache-2.0
#include "bench/kills.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "bench/stats.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

std::vector<std::vector<std::string>> kill_cells(const json& result)
{
    struct Kills {
        std::vector<double> ended;  // nanoseconds
        std::size_t finished = 0;
    };
    std::map<std::tuple<std::string, std::string, std::uint64_t>, Kills> rows;
    const json kills = result.value("kills", json::array());
    for (const json& kill : kills) {
        Kills& row = rows[{kill.value("scenario", ""),
                           fmt::format("{} {}", kill.value("method", ""), kill.value("mode", "")),
                           kill.value("size", std::uint64_t{0})}];
        if (kill.value("finished", false))
            ++row.finished;
        else
            row.ended.push_back(kill.value("ended_ns", 0.0));
    }
    if (rows.empty())
        return {};
    std::vector<std::vector<std::string>> cells = {
        {"scenario", "method", "size", "killed", "ended after", "slowest", "too fast to be killed"}};
    for (const auto& [key, row] : rows) {
        const auto& [scenario, method, size] = key;
        const bool any = !row.ended.empty();
        cells.push_back({scenario, method, format_size(size), fmt::format("{}", row.ended.size()),
                         any ? format_time(median(row.ended)) : "-",
                         any ? format_time(std::ranges::max(row.ended)) : "-",
                         fmt::format("{}", row.finished)});
    }
    return cells;
}

}  // namespace dmaload::bench
