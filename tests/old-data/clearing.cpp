// SPDX-License-Identifier: Apache-2.0
#include "clearing.hpp"

#include <sstream>

#include "support/kernel_log.hpp"
#include "support/system.hpp"

namespace old_data {
namespace {

/// The first line of the kernel's log that has \p words in it; empty where none has.
std::string log_line(const std::string& words)
{
    std::istringstream lines(contract::KernelLog(contract::KernelLog::Since::boot).text());
    for (std::string line; std::getline(lines, line);)
        if (line.find(words) != std::string::npos)
            return line;
    return {};
}

}  // namespace

std::optional<std::string> why_pages_are_overwritten()
{
    // What configuration and command line have come to.
    const std::string said = log_line("mem auto-init:");
    if (said.find("heap alloc:off") == std::string::npos || said.find("heap free:off") == std::string::npos)
        return "the kernel does not say that it leaves pages as they are (init_on_alloc, init_on_free): " +
               (said.empty() ? "no line of its log has \"mem auto-init\"" : said);
    std::istringstream words(contract::read_text("/proc/cmdline"));
    for (std::string word; words >> word;)
        if (word.starts_with("page_poison=") || word.starts_with("debug_pagealloc="))
            return "pages may be poisoned: the kernel was booted with " + word;
    return std::nullopt;
}

}  // namespace old_data
