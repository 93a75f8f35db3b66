// SPDX-License-Identifier: Apache-2.0
#include "bench/report_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>

#include "bench/report_headline.hpp"
#include "bench/result_runs.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

std::string value_text(const std::string& key, const json& value)
{
    const bool bytes = key.ends_with(".total") || key.ends_with(".available") || key.ends_with(".size");
    if (key.ends_with("_bytes_per_s") && value.is_number_unsigned())
        return fmt::format("{} ({} bytes/s)", format_rate(value.get<std::uint64_t>()), value.dump());
    if (bytes && value.is_number_unsigned())
        return fmt::format("{} ({} bytes)", format_size(value.get<std::uint64_t>()), value.dump());
    if (value.is_string())
        return value.get<std::string>();
    return value.is_null() ? "-" : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// "cpu.model" → its text, for whatever a context holds; lists of plain values
/// stay on one line.
void flatten(const std::string& key, const json& value, std::map<std::string, std::string>& facts)
{
    const bool plain_list = value.is_array() && std::ranges::none_of(value, [](const json& item) {
                                return item.is_structured();
                            });
    if (value.is_object()) {
        for (const auto& [name, inner] : value.items())
            flatten(key.empty() ? name : fmt::format("{}.{}", key, name), inner, facts);
    } else if (plain_list) {
        std::string text;
        for (const json& item : value)
            text += (text.empty() ? "" : ", ") + value_text(key, item);
        facts[key] = text;
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            flatten(fmt::format("{} {}", key, i + 1), value[i], facts);
    } else {
        facts[key] = value_text(key, value);
    }
}

json context_of(const json& run)
{
    json context = run.value("context", json::object());
    // These have tables of their own.
    context.erase("findings");
    context.erase("host_findings");
    context.erase("plan");
    context.erase("condition");
    context.erase("loads_at_once");
    return context;
}

/// Facts of the run that the report begins with, and by the name of the run
/// what was otherwise in others.
std::map<std::string, std::string> facts_of(const ReportPart& part)
{
    const std::vector<json> runs = headline_run_first(part);
    std::map<std::string, std::string> facts;
    flatten({}, context_of(runs.front()), facts);
    const std::map<std::string, std::string> first = facts;
    for (const json& run : std::span(runs).subspan(1)) {
        std::map<std::string, std::string> others;
        flatten({}, context_of(run), others);
        for (const auto& [key, text] : others) {
            const auto found = first.find(key);
            if (found == first.end() || found->second != text)
                facts[fmt::format("{} ({})", key, run.value("scenario", ""))] = text;
        }
    }
    return facts;
}

json findings_in(const json& run)
{
    return run.value("context", json::object()).value("findings", json::array());
}

bool has_found(const json& run, const json& finding)
{
    const json findings = findings_in(run);
    return std::ranges::find(findings, finding) != findings.end();
}

/// What was found before the run that the report begins with, then what others
/// found that this one did not; "run" says where.
std::vector<json> findings_of(const ReportPart& part)
{
    const std::vector<json> runs = headline_run_first(part);
    std::vector<json> list;
    for (const json& run : runs) {
        const bool first = &run == &runs.front();
        for (json finding : findings_in(run)) {
            if (!first && has_found(runs.front(), finding))
                continue;
            const bool everywhere = runs.size() > 1 && std::ranges::all_of(runs, [&](const json& other) {
                                        return has_found(other, finding);
                                    });
            finding["run"] = everywhere ? "all" : run.value("scenario", "");
            list.push_back(std::move(finding));
        }
    }
    return list;
}

std::string number_or_dash(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || !found->is_number() ? "-" : found->dump();
}

/// Findings in a table, problems first; \p of gives those of a part, and where \p tells_run
/// says so the name of the run with each.
template <class Findings>
Table table_of(const Report& report, const char* caption, bool tells_run, Findings of)
{
    std::vector<std::string> keys = {"weight", "what", "found", "advice"};
    std::vector<std::string> heads = {"", "what", "found", "advice"};
    if (tells_run) {
        keys.emplace_back("run");
        heads.emplace_back("run");
    }
    if (report.compares())
        heads.insert(heads.begin(), "machine");
    Table table{.caption = caption, .rows = {heads}, .left = heads.size()};
    for (const char* const weight : {"problem", "warning", "note", "ok"}) {
        for (const ReportPart& part : report.parts) {
            for (const json& finding : of(part)) {
                if (finding.value("weight", "") != weight)
                    continue;
                std::vector<std::string> row;
                if (report.compares())
                    row.push_back(part.name);
                for (const std::string& key : keys)
                    row.push_back(finding.value(key, ""));
                table.rows.push_back(std::move(row));
            }
        }
    }
    return table;
}

/// What the guests of a result were run by, as findings; each once.
std::vector<json> accelerators_of(const json& result)
{
    std::vector<json> found;
    for (const json& guest : result.value("guests", std::vector<json>())) {
        const std::string accelerator = guest.value("accelerator", "");
        const std::string why = guest.value("why", "");
        json finding = {{"what", "accelerator of the guest"},
                        {"weight", accelerator == "kvm" ? "ok" : "note"},
                        {"found", why.empty() ? accelerator : fmt::format("{}: {}", accelerator, why)},
                        {"advice", ""}};
        if (std::ranges::find(found, finding) == found.end())
            found.push_back(std::move(finding));
    }
    return found;
}

std::string rate_or_dash(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || !found->is_number_unsigned() ? "-"
                                                                 : format_rate(found->get<std::uint64_t>());
}

}  // namespace

Table environment_table(const Report& report)
{
    std::vector<std::map<std::string, std::string>> facts(report.parts.size());
    std::map<std::string, std::size_t> keys;
    Table table{.caption = {}, .rows = {{"fact"}}, .left = 2, .folded = true};
    for (std::size_t i = 0; i < report.parts.size(); ++i) {
        facts[i] = facts_of(report.parts[i]);
        for (const auto& [key, text] : facts[i])
            ++keys[key];
        table.rows.front().push_back(report.compares() ? report.parts[i].name : "value");
    }
    table.left += report.parts.size() - 1;
    table.caption = "All that is known of the machine";
    for (const auto& [key, count] : keys) {
        std::vector<std::string> row = {key};
        for (const auto& part : facts) {
            const auto found = part.find(key);
            row.push_back(found == part.end() || found->second.empty() ? "-" : found->second);
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table runs_table(const Report& report)
{
    Table table{.caption = "Runs",
                .rows = {{"scenario", "begun", "disk", "latency of the disk", "seed", "rounds", "precision",
                          "memory copied at", "cleared at", "loads at once", "condition"}},
                .left = 3};
    if (report.compares())
        table.rows.front().insert(table.rows.front().begin(), "machine");
    for (const ReportPart& part : report.parts) {
        for (const json& run : runs_of(part.result)) {
            const json context = run.value("context", json::object());
            const json plan = context.value("plan", json::object());
            std::vector<std::string> row = {run.value("scenario", ""), context.value("time", "-")};
            const auto rate = plan.find("disk_rate");
            row.push_back(rate != plan.end() && rate->is_number_unsigned()
                              ? format_rate(rate->get<std::uint64_t>())
                              : "not throttled");
            row.push_back(number_or_dash(plan, "disk_latency_us") + " us");
            row.push_back(number_or_dash(plan, "seed"));
            row.push_back(fmt::format("{} to {}", number_or_dash(plan, "min_rounds"),
                                      number_or_dash(plan, "max_rounds")));
            row.push_back(plan.contains("precision")
                              ? fmt::format("{:.0f} %", 100 * plan.value("precision", 0.0))
                              : "-");
            const json calibration = context.value("calibration", json::object());
            row.push_back(rate_or_dash(calibration, "copy_bytes_per_s"));
            row.push_back(rate_or_dash(calibration, "clear_bytes_per_s"));
            row.push_back(number_or_dash(context, "loads_at_once"));
            const json condition = context.value("condition", json::object());
            row.push_back(condition.empty() ? "none" : condition.dump());
            if (report.compares()) {
                row.insert(row.begin(), part.name);
                table.left = 4;
            }
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

Table findings_table(const Report& report)
{
    return table_of(report, "What `dmaload doctor` found before the runs", true, findings_of);
}

Table host_table(const Report& report)
{
    const auto of = [](const ReportPart& part) {
        auto findings =
            part.result.value("context", json::object()).value("host_findings", std::vector<json>());
        std::ranges::copy(accelerators_of(part.result), std::back_inserter(findings));
        return findings;
    };
    return table_of(report, "The host of the guest: what `dmaload doctor` found there", false, of);
}

}  // namespace dmaload::bench
