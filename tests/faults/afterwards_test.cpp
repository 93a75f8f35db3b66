// SPDX-License-Identifier: Apache-2.0
// After all faults: nothing is lost, loading works as if there had been none,
// and nothing was written to memory that had been given back.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include <sys/mman.h>

#include "kmemleak.hpp"
#include "load_case.hpp"
#include "support/fixture.hpp"
#include "support/process.hpp"

namespace faults {
namespace {

// GoogleTest runs tests with parameters last, in the order in which they are
// linked: these have one too, so that they come behind the faults.
class Afterwards : public ::testing::TestWithParam<LoadCase> {};

TEST_P(Afterwards, LoadsWork)
{
    const LoadCase& each = GetParam();
    const contract::TemporaryFile file(each.folder(), contract::megabyte + 77);
    const contract::UniqueFd heap = contract::open_heap(each.heap);
    const contract::UniqueFd fd = file.open(O_RDONLY | (each.direct ? O_DIRECT : 0));
    const contract::Outcome loaded = contract::alloc_read(heap.get(), fd.get());
    ASSERT_EQ(loaded.error, contract::Errno{});
    EXPECT_TRUE(contract::holds_pattern(loaded.dmabuf.get(), file.size(), 1));
}

INSTANTIATE_TEST_SUITE_P(All, Afterwards, ::testing::ValuesIn(all_cases_and_large_folios()), case_name);

/// The kernel's estimate of what a process can have while others keep what they have.
std::uint64_t memory_for_one()
{
    constexpr const char* name = "MemAvailable:";
    const std::string info = contract::read_text("/proc/meminfo");
    return std::stoull(info.substr(info.find(name) + std::string(name).size())) * contract::kilobyte;
}

/// Has each page of so much memory, once.
int take(std::uint64_t size)
{
    contract::be_the_first_to_go();
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory != MAP_FAILED && ::madvise(memory, size, MADV_POPULATE_WRITE) == 0 ? 0 : 1;
}

class AfterAll : public ::testing::TestWithParam<int> {};

TEST_P(AfterAll, NoObjectIsLost)
{
    EXPECT_EQ(lost_objects(), "");
}

// A write that comes too late, as by a disk that nobody waited for, is found
// when its page is next allocated: the kernel tells it in its log, with a
// trace, which scripts/guest takes for a splat. So all that is free is
// allocated here.
TEST_P(AfterAll, NothingWasWrittenToFreePages)
{
    ASSERT_NE(contract::read_text("/proc/cmdline").find("page_poison=1"), std::string::npos)
        << "free pages have no pattern that could be looked at: boot with page_poison=1";
    contract::drop_caches();
    // For page tables, and whatever else is wanted meanwhile.
    constexpr std::uint64_t others = 64 * contract::megabyte;
    const std::uint64_t available = memory_for_one();
    ASSERT_GT(available, 2 * others);
    const std::uint64_t size = contract::round_up(available - others, contract::page_size());
    contract::Child child([&] { return take(size); });
    // Each page is looked at and cleared, and filled with the pattern again in the end: it takes a while.
    EXPECT_EQ(child.wait(std::chrono::seconds(600)), 0);
    std::printf("    %llu MB of free memory were allocated\n",
                static_cast<unsigned long long>(size / contract::megabyte));
}

INSTANTIATE_TEST_SUITE_P(All, AfterAll, ::testing::Values(0));

}  // namespace
}  // namespace faults
