// SPDX-License-Identifier: Apache-2.0
// Calls of which somebody refuses a read in the middle: as in errors_test.cpp.
#include <cerrno>
#include <string>

#include "old_data_test.hpp"
#include "support/guardian.hpp"
#include "support/holdings.hpp"

namespace old_data {
namespace {

constexpr std::uint64_t size = 3 * contract::megabyte;

class RefusalTest : public OldDataPlaceTest {};

TEST_P(RefusalTest, NothingIsSeen)
{
    if (const std::string reason = contract::Guardian::why_not(); !reason.empty())
        GTEST_SKIP() << reason;
    const contract::TemporaryFile file(folder(), size);
    for (const int allowed : {1, 2})
        for (const bool flag : {true, false}) {
            SCOPED_TRACE(std::to_string(allowed) + " reads are allowed" + (flag ? ", the flag" : ""));
            contract::UniqueFd next;
            {
                const contract::Guardian guardian(file.path(), allowed);
                const contract::UniqueFd fd = open(file);
                const contract::Holdings holdings;
                EXPECT_EQ(whole_file(fd.get(), size)[flag ? 0 : 1].on(heap()).error, contract::Errno{EPERM});
                EXPECT_EQ(holdings.change(), "");
                EXPECT_GT(guardian.asked(), allowed) << "it was not refused in the middle";
                next = look_into_the_next(size);
            }
            keep(std::move(next));
        }
}

INSTANTIATE_TEST_SUITE_P(All, RefusalTest, ::testing::ValuesIn(everywhere(contract::reading_heaps())),
                         where_name);

}  // namespace
}  // namespace old_data
