// SPDX-License-Identifier: Apache-2.0
#include "phases.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "output.hpp"

namespace dmaload::cli {
namespace {

std::vector<std::pair<const char*, std::chrono::nanoseconds>> list(const Phases& phases)
{
    return {{"alloc", phases.alloc}, {"submit", phases.submit}, {"wait", phases.wait},
            {"zero", phases.zero},   {"map", phases.map},       {"copy", phases.copy}};
}

}  // namespace

nlohmann::json phases_json(const Phases& phases)
{
    nlohmann::json json = nlohmann::json::object();
    for (const auto& [name, time] : list(phases))
        json[fmt::format("{}_ns", name)] = time.count();
    return json;
}

std::string phases_text(const Phases& phases)
{
    std::string text;
    for (const auto& [name, time] : list(phases)) {
        if (time.count() != 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, format_duration(time));
    }
    return text;
}

}  // namespace dmaload::cli
