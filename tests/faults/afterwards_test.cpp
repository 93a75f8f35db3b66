// SPDX-License-Identifier: Apache-2.0
// After all faults: nothing is lost, and loading works as if there had been none.
#include "leaks.hpp"
#include "load_case.hpp"
#include "support/fixture.hpp"

namespace faults {
namespace {

// GoogleTest runs tests with parameters last, in the order in which they are
// linked: these have one too, so that they come behind the faults.
class Afterwards : public ::testing::TestWithParam<LoadCase> {};

TEST_P(Afterwards, LoadsWork)
{
    const LoadCase& each = GetParam();
    const contract::TemporaryFile file(contract::disk_folder(), contract::megabyte + 77);
    const contract::UniqueFd heap = contract::open_heap(each.heap);
    const contract::UniqueFd fd = file.open(O_RDONLY | (each.direct ? O_DIRECT : 0));
    const contract::Outcome loaded = contract::alloc_read(heap.get(), fd.get());
    ASSERT_EQ(loaded.error, contract::Errno{});
    EXPECT_TRUE(contract::holds_pattern(loaded.dmabuf.get(), file.size(), 1));
}

INSTANTIATE_TEST_SUITE_P(All, Afterwards, ::testing::ValuesIn(all_cases()), case_name);

class AfterAll : public ::testing::TestWithParam<int> {};

TEST_P(AfterAll, NoObjectIsLost)
{
    EXPECT_TRUE(kmemleak_finds_nothing());
}

INSTANTIATE_TEST_SUITE_P(All, AfterAll, ::testing::Values(0));

}  // namespace
}  // namespace faults
