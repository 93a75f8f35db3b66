// SPDX-License-Identifier: Apache-2.0
#include "load_test.hpp"

#include <atomic>
#include <exception>
#include <thread>

#include "support/holdings.hpp"

namespace faults {

std::unique_ptr<PageOwners> LoadTest::pages_;

void LoadTest::SetUpTestSuite()
{
    pages_ = std::make_unique<PageOwners>();
}

void LoadTest::TearDownTestSuite()
{
    EXPECT_TRUE(pages_->has_no_more());
    pages_.reset();
}

contract::Errno LoadTest::load(const Source& source, const Meanwhile& meanwhile, const Check& check) const
{
    const contract::Holdings holdings;
    contract::Errno error;
    {
        Load load(GetParam(), heap(), source);
        std::atomic<bool> has_ended = false;
        std::thread actor;
        if (meanwhile.action)
            actor = std::thread([&] {
                try {
                    EXPECT_TRUE(contract::eventually(meanwhile.is_due)) << "the moment for it never came";
                    EXPECT_FALSE(has_ended) << "the moment for it has gone";
                    meanwhile.action();
                } catch (const std::exception& problem) {
                    ADD_FAILURE() << problem.what();
                }
            });
        error = load.call();
        has_ended = true;
        if (actor.joinable())
            actor.join();
        if (error == contract::Errno{}) {
            EXPECT_TRUE(check(load));
        }
    }
    EXPECT_EQ(holdings.change(), "");
    return error;
}

}  // namespace faults
