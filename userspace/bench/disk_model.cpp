// SPDX-License-Identifier: Apache-2.0
#include "bench/disk_model.hpp"

#include <fmt/format.h>

#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

std::string percent(double share)
{
    return fmt::format("{:.2f} %", 100 * share);
}

std::vector<json> boots_of(const json& result)
{
    return result.value("disk_model", std::vector<json>());
}

}  // namespace

std::vector<std::vector<std::string>> disk_model_cells(const json& result)
{
    std::vector<std::vector<std::string>> rows = {
        {"scenario", "requests", "in time", "late is more than", "latest", "real-time threads"}};
    for (const json& boot : boots_of(result))
        rows.push_back(
            {boot.value("scenario", ""), fmt::format("{}", boot.value("reads", std::uint64_t{0})),
             percent(boot.value("in_time_share", 0.0)), format_time(boot.value("late_limit_ns", 0.0)),
             format_time(boot.value("max_late_ns", 0.0)), boot.value("realtime", false) ? "yes" : "no"});
    return rows;
}

std::vector<std::string> disk_model_warnings(const json& result)
{
    std::vector<std::string> warnings;
    for (const json& boot : boots_of(result)) {
        if (const double share = boot.value("in_time_share", 0.0); share < kDiskKeepsWord)
            warnings.push_back(fmt::format(
                "warning: {}: the disk model answered only {} of its requests in time, the latest {} late: "
                "loads of this run waited for more than the disk.",
                boot.value("scenario", ""), percent(share), format_time(boot.value("max_late_ns", 0.0))));
    }
    return warnings;
}

}  // namespace dmaload::bench
