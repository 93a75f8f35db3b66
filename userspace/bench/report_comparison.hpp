// SPDX-License-Identifier: Apache-2.0
/// \file
/// What several machines or kernels measured, side by side.
#pragma once

#include <vector>

#include "bench/report_document.hpp"

namespace dmaload::bench {

/// A section of its own, and one below it for each group that at least two
/// parts have measured.
[[nodiscard]] std::vector<Section> comparison_sections(const Report& report);

}  // namespace dmaload::bench
