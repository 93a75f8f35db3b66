// SPDX-License-Identifier: Apache-2.0
#include "oom_log.hpp"

#include <sstream>

namespace hostile {
namespace {

bool has(const std::string& line, std::string_view words)
{
    return line.find(words) != std::string::npos;
}

}  // namespace

std::string oom_reports_of_heaps(std::string_view log)
{
    std::istringstream lines{std::string(log)};
    std::string found;
    std::string report;
    bool of_heap = false;
    for (std::string line; std::getline(lines, line);) {
        if (has(line, " invoked oom-killer: ")) {
            report.clear();
            of_heap = false;
        }
        report += line + '\n';
        // Functions after "?" were only left on the stack. The innermost comes first.
        if (has(line, "_read_iter+") && !has(line, "? "))
            report.clear();
        if ((has(line, "system_heap_") || has(line, "cma_heap_") || has(line, "dma_heap_")) &&
            !has(line, "? "))
            of_heap = true;
        if (has(line, "Mem-Info:")) {
            if (of_heap && has(report, " invoked oom-killer: "))
                found += report;
            report.clear();
        }
    }
    return found;
}

}  // namespace hostile
