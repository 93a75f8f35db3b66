// SPDX-License-Identifier: Apache-2.0
// Contract, rules 6 and 7: a block device is loaded, and removed meanwhile.
#include <cerrno>

#include "load_test.hpp"
#include "removable_disk.hpp"

namespace faults {
namespace {

class RemovedDiskTest : public LoadTest {};

TEST_P(RemovedDiskTest, InTheMiddleIsAnError)
{
    const RemovableDisk disk;
    const Source source(disk.path(), RemovableDisk::size);
    contract::write_pattern(source.path, source.size, 1);
    EXPECT_EQ(load(source), contract::Errno{}) << "of the disk that is there";
    EXPECT_EQ(load(source, {[&] { return disk.is_reading(); }, [&] { disk.remove(); }}),
              contract::Errno{EIO});
}

INSTANTIATE_TEST_SUITE_P(All, RemovedDiskTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
