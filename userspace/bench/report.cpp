// SPDX-License-Identifier: Apache-2.0
#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "bench/result_numbers.hpp"
#include "bench/result_runs.hpp"
#include "bench/results.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// Sizes by the scenario that they were measured in.
std::map<std::string, std::set<std::uint64_t>> measured_in(const json& result)
{
    std::map<std::string, std::set<std::uint64_t>> sizes;
    const json samples = result.value("samples", json::array());
    for (const json& sample : samples)
        sizes[sample.value("scenario", "")].insert(sample.value("size", std::uint64_t{0}));
    return sizes;
}

/// What scripts/bench notes of the code and of the machine; empty elsewhere.
std::string origin_of(const json& result)
{
    const json notes =
        runs_of(result).front().value("context", json::object()).value("notes", json::object());
    return notes.value("revision", "") + notes.value("host", "");
}

/// Whether two results answer the same question, so that they are to be
/// compared. A scenario may have a boot for each size: those of one code and
/// one machine are parts of one result.
bool same_was_measured(const ReportInput& one, const ReportInput& other)
{
    const auto sizes = measured_in(one.result);
    for (const auto& [scenario, others] : measured_in(other.result)) {
        const auto found = sizes.find(scenario);
        if (found == sizes.end())
            continue;
        std::vector<std::uint64_t> both;
        std::ranges::set_intersection(found->second, others, std::back_inserter(both));
        const std::string origin = origin_of(one.result);
        if (!both.empty() || origin.empty() || origin != origin_of(other.result))
            return true;
    }
    return false;
}

bool same_was_measured(const std::vector<ReportInput>& inputs)
{
    for (auto one = inputs.begin(); one != inputs.end(); ++one) {
        if (std::any_of(inputs.begin(), one,
                        [&](const auto& other) { return same_was_measured(*one, other); }))
            return true;
    }
    return false;
}

/// The files' names without what they have in common.
std::vector<std::string> short_names(const std::vector<ReportInput>& inputs)
{
    std::vector<std::filesystem::path> paths;
    for (const ReportInput& input : inputs)
        paths.push_back(std::filesystem::absolute(input.path).lexically_normal());
    std::vector<std::string> names;
    for (const auto& path : paths)
        names.push_back(path.stem().string());
    const auto unique = [&] { return std::set(names.begin(), names.end()).size() == names.size(); };
    // Folders come before the name, the innermost first, until all differ.
    for (auto& path : paths)
        path = path.parent_path();
    while (!unique() &&
           std::ranges::any_of(paths, [](const auto& path) { return path.has_relative_path(); })) {
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (paths[i].has_relative_path())
                names[i] = paths[i].filename().string() + "/" + names[i];
            paths[i] = paths[i].parent_path();
        }
    }
    for (std::size_t i = 0; !unique() && i < names.size(); ++i)
        names[i] = fmt::format("{} ({})", names[i], i + 1);
    return names;
}

}  // namespace

Result<Report> make_report(std::vector<ReportInput> inputs, std::optional<std::chrono::nanoseconds> deadline)
{
    for (const ReportInput& input : inputs) {
        if (const auto good = check_numbers(input.result); !good)
            return std::unexpected(good.error());
    }
    Report report{.parts = {}, .deadline = deadline};
    try {
        if (inputs.size() > 1 && same_was_measured(inputs)) {
            const auto names = short_names(inputs);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                report.parts.push_back({names[i], std::move(inputs[i].result), {}});
        } else if (inputs.size() > 1) {
            std::vector<json> results;
            for (ReportInput& input : inputs)
                results.push_back(std::move(input.result));
            report.parts.push_back({"", merge(results), {}});
        } else if (inputs.size() == 1) {
            report.parts.push_back({"", std::move(inputs.front().result), {}});
        } else {
            return fail("report", "no result", EINVAL, "Name result files of dmaload bench.");
        }
    } catch (const json::exception& error) {
        return wrong_fields(error);
    }
    for (ReportPart& part : report.parts) {
        auto groups = analyse(part.result);
        if (!groups)
            return std::unexpected(groups.error());
        part.groups = std::move(*groups);
    }
    return report;
}

Result<Report> read_report(const std::vector<std::string>& files,
                           std::optional<std::chrono::nanoseconds> deadline)
{
    std::vector<ReportInput> inputs;
    try {
        for (const std::string& file : files) {
            auto result = load_result(file);
            if (!result)
                return std::unexpected(result.error());
            inputs.push_back({file, std::move(*result)});
        }
    } catch (const json::exception& error) {
        return wrong_fields(error);
    }
    return make_report(std::move(inputs), deadline);
}

const Group* counterpart(const ReportPart& part, const Group& group)
{
    std::vector<const Group*> candidates;
    for (const Group& other : part.groups) {
        if (other.scenario != group.scenario || other.size != group.size)
            continue;
        if (other.disk_rate == group.disk_rate)
            return &other;
        candidates.push_back(&other);
    }
    return candidates.size() == 1 ? candidates.front() : nullptr;
}

std::string across(const Row& row, const Row& base)
{
    if (row.total.count == 0 || base.total.count == 0)
        return "-";
    if (!row.enough() || !base.enough())
        return "too few samples";
    if (overlap(row.total, base.total))
        return "tie";
    return fmt::format("{:.2f}x as fast", base.total.median / row.total.median);
}

}  // namespace dmaload::bench
