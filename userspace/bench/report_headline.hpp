// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one group that a report begins with, and what it says.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// The group that matters most to a user with a phone: what is nearest to a
/// phone, by its scenario, and of that the largest file. Where no scenario is,
/// the largest file that both alloc-read direct and "normal" have loaded; of
/// several the last, for what a question is about is measured after what it is
/// held against. nullptr where there is none.
[[nodiscard]] const Group* headline_group(std::span<const Group> groups);

/// The runs of a part as runs_of() gives them, that of its headline_group()
/// first: the one whose machine a report describes.
[[nodiscard]] std::vector<nlohmann::json> headline_run_first(const ReportPart& part);

/// A sentence, and its figures as tiles.
[[nodiscard]] std::vector<Block> headline(const Group& group);

}  // namespace dmaload::bench
