// SPDX-License-Identifier: Apache-2.0
// The searches for what a call leaves behind: that they find something. It is
// kept here on purpose, by another process, as whatever a call forgets would
// belong to no descriptor of this one. (What kmemleak finds is an object that
// nothing points to; only a kernel with a leak has one.)
#include <optional>
#include <string>

#include <unistd.h>

#include "load_test.hpp"
#include "support/fixture.hpp"
#include "support/holdings.hpp"
#include "support/process.hpp"

namespace faults {
namespace {

class LeaksTest : public LoadTest {
protected:
    static void expect_named(const std::string& change, const std::string& what)
    {
        EXPECT_NE(change.find(what), std::string::npos) << "found: \"" << change << "\", not " << what;
    }
};

TEST_P(LeaksTest, WhatIsKeptIsFound)
{
    const contract::TemporaryFile file(contract::disk_folder(), contract::megabyte + 77);
    EXPECT_EQ(load(file), contract::Errno{});  // what is made at the first call and kept is no leak
    const PageOwners pages;
    const contract::Holdings before;
    {
        std::optional<contract::Child> keeper;
        {
            Load load(GetParam(), heap(), file);
            const contract::Holdings holdings;
            ASSERT_EQ(load.call(), contract::Errno{});
            {
                const contract::UniqueFd dmabuf = load.take();
                expect_named(holdings.change(), "open descriptors");
                keeper.emplace([] {
                    ::pause();
                    return 0;
                });
            }
            expect_named(holdings.change(), "dma-bufs");
        }
        // It has the file, too.
        EXPECT_FALSE(nobody_writes(file.path()));
        EXPECT_FALSE(pages.has_no_more());
        expect_named(before.change(), "dma-bufs");
    }
    EXPECT_EQ(before.lasting_change(), "");
    EXPECT_TRUE(nobody_writes(file.path()));
    EXPECT_TRUE(pages.has_no_more());
}

INSTANTIATE_TEST_SUITE_P(All, LeaksTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
