// SPDX-License-Identifier: Apache-2.0
// What the other tests measure memory by.
#include <algorithm>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "support/content.hpp"
#include "support/system.hpp"

namespace contract {
namespace {

/// Takes and gives back \p bytes of memory: much of it comes to lie in the lists of a CPU.
void fill_cpu_lists(std::size_t bytes)
{
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    ASSERT_EQ(::munmap(memory, bytes), 0);
}

TEST(AvailableMemoryTest, IsTheSameWhileTheListsOfCpusAreGivenBack)
{
    constexpr long long noise = 4 * static_cast<long long>(megabyte);
    ASSERT_NO_FATAL_FAILURE(fill_cpu_lists(static_cast<std::size_t>(available_memory() / 5)));
    std::vector<long long> readings;
    // The kernel gives some back once a second.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
    while (std::chrono::steady_clock::now() < end)
        readings.push_back(available_memory());
    const auto [least, most] = std::ranges::minmax(readings);
    EXPECT_LT(most - least, noise) << readings.size() << " readings";
}

}  // namespace
}  // namespace contract
