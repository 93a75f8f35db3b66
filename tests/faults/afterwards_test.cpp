// SPDX-License-Identifier: Apache-2.0
// After all faults: nothing is lost, and loading works as if there had been none.
#include "leaks.hpp"
#include "load_case.hpp"
#include "support/fixture.hpp"

namespace faults {
namespace {

TEST(Afterwards, LoadsWork)
{
    for (const LoadCase& each : all_cases()) {
        const contract::TemporaryFile file(contract::disk_folder(), contract::megabyte + 77);
        const contract::UniqueFd heap = contract::open_heap(each.heap);
        const contract::UniqueFd fd = file.open(O_RDONLY | (each.direct ? O_DIRECT : 0));
        const contract::Outcome loaded = contract::alloc_read(heap.get(), fd.get());
        ASSERT_EQ(loaded.error, contract::Errno{}) << each.name();
        EXPECT_TRUE(contract::holds_pattern(loaded.dmabuf.get(), file.size(), 1)) << each.name();
    }
}

TEST(Afterwards, NoObjectIsLost)
{
    EXPECT_TRUE(kmemleak_finds_nothing());
}

}  // namespace
}  // namespace faults
