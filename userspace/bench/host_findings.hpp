// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the doctor found on the host of the guest that measures, which cannot
/// see it itself.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// The list of findings in what `dmaload doctor --json` printed. Fails with
/// EINVAL where the text is something else.
[[nodiscard]] Result<nlohmann::json> parse_host_findings(const std::string& path, const std::string& text);

/// The same of a file.
[[nodiscard]] Result<nlohmann::json> read_host_findings(const std::string& path);

}  // namespace dmaload::bench
