// SPDX-License-Identifier: Apache-2.0
#include "leaks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ranges>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "support/system.hpp"

namespace faults {
namespace {

constexpr const char* stacks = "/sys/kernel/debug/page_owner_stacks/show_stacks";

bool is_ours(const std::string& stack)
{
    // The one by which pages of a call come; those by which they come for somebody else.
    constexpr std::array ours{"dma_heap", "system_heap", "cma_heap"};
    constexpr std::array others{"slab",    "filemap_",  "page_cache_", "readahead", "stack_depot",
                                "mempool", "pte_alloc", "page_frag",   "pcpu_",     "kasan_"};
    const auto names = [&](const char* word) { return stack.find(word) != std::string::npos; };
    return std::ranges::any_of(ours, names) && std::ranges::none_of(others, names);
}

}  // namespace

bool PageOwners::exist()
{
    return ::access(stacks, R_OK) == 0;
}

std::map<std::string, long> PageOwners::count()
{
    std::istringstream lines(contract::read_text(stacks));
    std::map<std::string, long> pages;
    std::string stack;
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view total = "nr_base_pages: ";
        if (!line.starts_with(total)) {
            stack += line + "\n";
            continue;
        }
        if (is_ours(stack))
            pages[stack] += std::stol(line.substr(total.size()));
        stack.clear();
    }
    return pages;
}

::testing::AssertionResult PageOwners::has_no_more() const
{
    ::testing::AssertionResult result = ::testing::AssertionSuccess();
    for (const auto& [stack, pages] : count()) {
        const auto before = before_.find(stack);
        const long more = pages - (before != before_.end() ? before->second : 0);
        if (more > 0)
            result = (result ? ::testing::AssertionFailure() : result)
                     << more << " pages were not given back that were allocated here:\n"
                     << stack;
    }
    return result;
}

::testing::AssertionResult nobody_writes(const std::string& path)
{
    const contract::UniqueFd reader = contract::open_file(path, O_RDONLY);
    if (::fcntl(reader.get(), F_SETLEASE, F_RDLCK) == 0)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << path << " is still open for writing: F_SETLEASE says " << contract::Errno{errno};
}

}  // namespace faults
