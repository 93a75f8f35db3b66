// SPDX-License-Identifier: Apache-2.0
/// \file
/// Result files made up for tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dmaload::bench::testing {

inline nlohmann::json empty_result()
{
    return {{"schema", 1},
            {"context", nlohmann::json::object()},
            {"limits", nlohmann::json::array()},
            {"samples", nlohmann::json::array()},
            {"unavailable", nlohmann::json::array()}};
}

struct CellSpec {
    std::string method;
    std::string mode;
    double first_ns;     ///< time in round 1
    double step_ns = 0;  ///< added each round
    double cpu_ns = 1e6;
    std::string path = {};  ///< empty: as the mode
    int rounds = 7;
};

/// Adds samples of 256 MB at 1 GB/s.
inline void add_samples(nlohmann::json& result, const CellSpec& spec)
{
    for (int round = 1; round <= spec.rounds; ++round) {
        const std::string path = spec.path.empty() ? spec.mode : spec.path;
        result["samples"].push_back({{"scenario", "phone-like"},
                                     {"method", spec.method},
                                     {"mode", spec.mode},
                                     {"path_taken", path},
                                     {"size", 268435456},
                                     {"disk_rate", 1000000000},
                                     {"round", round},
                                     {"cold", true},
                                     {"verified", true},
                                     {"total_ns", spec.first_ns + spec.step_ns * (round - 1)},
                                     {"cpu_ns", spec.cpu_ns},
                                     {"cpu_resolution_ns", 1000},
                                     {"page_cache_bytes", path == "buffered" ? 268435456 : 0},
                                     {"extra_memory_bytes", 4096},
                                     {"phases", nlohmann::json::object()}});
    }
}

inline void add_limit(nlohmann::json& result, double total_ns)
{
    result["limits"].push_back({{"scenario", "phone-like"},
                                {"disk_rate", 1000000000},
                                {"size", 268435456},
                                {"total_ns", total_ns},
                                {"by", "disk model"}});
}

}  // namespace dmaload::bench::testing
