// SPDX-License-Identifier: Apache-2.0
#include "leaks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <ranges>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "support/heap.hpp"
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

/// Pages of all CMA areas that somebody has. CmaFree in /proc/meminfo is less
/// than what is free: it leaves out what the CPUs keep in their lists.
long long cma_used()
{
    long long pages = 0;
    std::error_code none;
    for (const auto& area : std::filesystem::directory_iterator("/sys/kernel/debug/cma", none))
        pages += std::stoll(contract::read_text(area.path() / "used"));
    return pages;
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
            result = (result ? ::testing::AssertionFailure() : std::move(result))
                     << more << " pages were not given back that were allocated here:\n"
                     << stack;
    }
    return result;
}

Holdings::Holdings()
    : fds_(contract::open_fds()), dmabufs_(contract::count_dmabufs().value_or(-1)), cma_(cma_used())
{
}

::testing::AssertionResult Holdings::are_unchanged() const
{
    if (contract::open_fds() != fds_)
        return ::testing::AssertionFailure()
               << "descriptors: " << contract::open_fds().size() << " are open, before " << fds_.size();
    if (const long now = contract::count_dmabufs().value_or(-1); now != dmabufs_)
        return ::testing::AssertionFailure() << "dma-bufs: there are " << now << ", before " << dmabufs_;
    if (const long long now = cma_used(); now != cma_)
        return ::testing::AssertionFailure() << "CMA: " << now << " pages are taken, before " << cma_;
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult nobody_writes(const std::string& path)
{
    const contract::UniqueFd reader = contract::open_file(path, O_RDONLY);
    if (::fcntl(reader.get(), F_SETLEASE, F_RDLCK) == 0)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << path << " is still open for writing: F_SETLEASE says " << contract::Errno{errno};
}

::testing::AssertionResult kmemleak_finds_nothing()
{
    constexpr const char* kmemleak = "/sys/kernel/debug/kmemleak";
    // Objects younger than 5 s are not reported; a second look makes sure of what the first one suspects.
    for (int look = 0; look < 2; ++look) {
        std::this_thread::sleep_for(std::chrono::seconds(6));
        if (const contract::Errno error = contract::write_text(kmemleak, "scan"); error.value != 0)
            return ::testing::AssertionFailure() << "kmemleak does not scan: " << error;
    }
    const std::string found = contract::read_text(kmemleak);
    return found.empty() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << found;
}

}  // namespace faults
