// SPDX-License-Identifier: Apache-2.0
#include "bench/host_findings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

bool is_finding(const json& value)
{
    constexpr std::array kFields = {"what", "weight", "found", "advice"};
    return value.is_object() && std::ranges::all_of(kFields, [&](const char* field) {
               return value.contains(field) && value.at(field).is_string();
           });
}

}  // namespace

Result<json> parse_host_findings(const std::string& path, const std::string& text)
{
    constexpr const char* kAdvice = "Give what `dmaload doctor --host --json` printed on the host.";
    const json whole = json::parse(text, nullptr, false);
    if (whole.is_discarded())
        return fail("read the host's findings, which are no JSON, from", path, EINVAL, kAdvice);
    const bool has_list = whole.is_object() && whole.contains("findings") && whole.at("findings").is_array();
    if (!has_list || !std::ranges::all_of(whole.at("findings"), is_finding))
        return fail("find the list of the host's findings in", path, EINVAL, kAdvice);
    return whole.at("findings");
}

Result<json> read_host_findings(const std::string& path)
{
    const auto text = read_text(path);
    if (!text)
        return std::unexpected(text.error());
    return parse_host_findings(path, *text);
}

}  // namespace dmaload::bench
