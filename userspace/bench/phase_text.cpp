// SPDX-License-Identifier: Apache-2.0
#include "bench/phase_text.hpp"

#include <fmt/format.h>

#include "bench/units.hpp"

namespace dmaload::bench {

std::vector<std::string> phase_cells(const Row& row)
{
    if (!row.phases)
        return {"-", "-", "-", "-"};
    const Phases& phases = *row.phases;
    return {format_time(phases.alloc), format_time(phases.submit), format_time(phases.wait),
            format_time(phases.map)};
}

std::string render_phases(const Group& group)
{
    std::string text;
    for (const Row& row : group.rows) {
        if (!row.phases)
            continue;
        const auto cells = phase_cells(row);
        text += fmt::format("  phases of {}, in a traced load: alloc {}, submit {}, wait {}, map {}\n",
                            row.name(), cells[0], cells[1], cells[2], cells[3]);
    }
    return text;
}

}  // namespace dmaload::bench
