// SPDX-License-Identifier: Apache-2.0
// Memory runs out in the middle of a call: as in errors_test.cpp. The CMA heap takes all of a buffer before
// anything is read, and page cache would make room for the other's.
#include <cerrno>

#include "old_data_test.hpp"
#include "scarce_memory.hpp"
#include "support/holdings.hpp"

namespace old_data {
namespace {

using contract::megabyte;

constexpr std::uint64_t size = 48 * megabyte;
constexpr long long left = size / 2;
constexpr std::uint64_t looked_at = 3 * megabyte;

class MemoryTest : public OldDataPlaceTest {};

TEST_P(MemoryTest, NothingIsSeenWhenItRunsOutInTheMiddle)
{
    const contract::TemporaryFile file(folder(), size);
    const contract::UniqueFd fd = open(file);
    contract::drop_caches();
    const ScarceMemory scarce(left);
    for (const Reading& reading : whole_file(fd.get(), size)) {
        SCOPED_TRACE(reading.what);
        const contract::Holdings holdings;
        const std::uint64_t before = contract::bytes_read();
        EXPECT_EQ(reading.on(heap()).error, contract::Errno{ENOMEM});
        EXPECT_GT(contract::bytes_read() - before, looked_at) << "it was not in the middle";
        EXPECT_EQ(holdings.change(), "");
        look_into_the_next(looked_at);
    }
}

INSTANTIATE_TEST_SUITE_P(All, MemoryTest, ::testing::Values(Where{{contract::disk_folder(), true}, "system"}),
                         where_name);

}  // namespace
}  // namespace old_data
