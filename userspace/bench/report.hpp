// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a report is made of: results, joined or side by side.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// A result as load_result() gives it, and the file that it came from.
struct ReportInput {
    std::string path;
    nlohmann::json result;
};

/// What one machine measured.
struct ReportPart {
    std::string name;  ///< tells it from the other parts; empty where there is only one
    nlohmann::json result;
    std::vector<Group> groups;
};

struct Report {
    std::vector<ReportPart> parts;                     ///< at least one
    std::optional<std::chrono::nanoseconds> deadline;  ///< to hold loads to

    [[nodiscard]] bool compares() const { return parts.size() > 1; }
};

/// Puts results together. Those that have a scenario in common were taken on
/// several machines or kernels and stay apart; others are parts of one run
/// and are joined.
[[nodiscard]] Result<Report> make_report(std::vector<ReportInput> inputs,
                                         std::optional<std::chrono::nanoseconds> deadline = {});

/// The same of files, results or journals, whatever may be in them.
[[nodiscard]] Result<Report> read_report(const std::vector<std::string>& files,
                                         std::optional<std::chrono::nanoseconds> deadline = {});

/// The same group of another part: same scenario and size. The disk rate may
/// differ where there is only one: phone-like is a proportion. nullptr where
/// there is none.
[[nodiscard]] const Group* counterpart(const ReportPart& part, const Group& group);

/// How \p row compares with the same row of another machine: "1.32x as fast",
/// "tie", or why nothing can be said. Their rounds have nothing in common, so
/// the medians' intervals alone decide.
[[nodiscard]] std::string across(const Row& row, const Row& base);

}  // namespace dmaload::bench
