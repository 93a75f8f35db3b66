// SPDX-License-Identifier: Apache-2.0
#include "bench/result_runs.hpp"

namespace dmaload::bench {

using nlohmann::json;

std::vector<json> runs_of(const json& result)
{
    std::vector<json> runs = result.value("contexts", std::vector<json>());
    if (runs.empty())
        runs.push_back({{"context", result.value("context", json::object())}});
    return runs;
}

}  // namespace dmaload::bench
