// SPDX-License-Identifier: Apache-2.0
/// \file
/// Who had the OOM killer choose somebody, by what the kernel's log says.
#pragma once

#include <string>
#include <string_view>

namespace hostile {

/// The reports in \p log of allocations by a heap or its engine. Those of a
/// filesystem are not among them, though a call of the engine's is where it
/// reads: in read(2) they would be the same.
std::string oom_reports_of_heaps(std::string_view log);

}  // namespace hostile
