// SPDX-License-Identifier: Apache-2.0
// What no injector reaches: memory of CMA, and errors between a heap and the
// engine while reads are in flight.
#include <cerrno>
#include <cstdio>
#include <string>

#include "fail_function.hpp"
#include "leaks.hpp"
#include "load_case.hpp"
#include "support/fixture.hpp"
#include "support/holdings.hpp"

namespace faults {
namespace {

constexpr unsigned int too_many = 2000;
constexpr std::uint64_t size = 6 * contract::megabyte + 77;

class NthFunctionTest : public ::testing::TestWithParam<LoadCase> {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(FailFunction::exists()) << "the kernel has no fail_function";
        folder_ = contract::disk_folder();
        ASSERT_NE(folder_, "");
        heap_ = contract::open_heap(GetParam().heap);
    }

    /// Each call of a function in a load fails in its turn. Returns how many there were.
    unsigned int fail_each(const std::string& function, std::int64_t result, contract::Errno expected)
    {
        const contract::TemporaryFile file(folder_, size);
        const FailFunction fail(function, result);
        load(fail, file, too_many, {});  // what is made at the first call and kept is no leak

        const PageOwners pages;
        unsigned int n = 1;
        while (n < too_many && load(fail, file, n, expected))
            ++n;
        EXPECT_LT(n, too_many) << "the calls do not end";
        EXPECT_TRUE(pages.has_no_more());
        std::printf("    %-32s %-22s %4u faults\n", GetParam().name().c_str(), function.c_str(), n - 1);
        return n - 1;
    }

private:
    bool load(const FailFunction& fail, const contract::TemporaryFile& file, unsigned int n,
              contract::Errno expected)
    {
        SCOPED_TRACE("call " + std::to_string(n));
        const contract::Holdings holdings;
        bool fired = false;
        {
            Load load(GetParam(), heap_.get(), file);
            fail.arm(n);
            const contract::Errno error = load.call();
            fired = fail.fired();
            EXPECT_EQ(error, fired ? expected : contract::Errno{});
            if (error == contract::Errno{}) {
                EXPECT_TRUE(load.take_and_compare());
            }
        }
        EXPECT_EQ(holdings.change(), "");
        EXPECT_TRUE(nobody_writes(file.path()));
        return fired;
    }

    std::string folder_;
    contract::UniqueFd heap_;
};

TEST_P(NthFunctionTest, CmaMemory)
{
    if (GetParam().heap == "system")
        GTEST_SKIP() << "the system heap has none";
    EXPECT_EQ(fail_each("cma_heap_alloc_pages", 0, {ENOMEM}), 1U);
}

TEST_P(NthFunctionTest, AddingToWhatIsRead)
{
    // As many as the heap has pieces.
    EXPECT_GE(fail_each("dma_heap_read_add", -EIO, {EIO}), 1U);
}

TEST_P(NthFunctionTest, WaitingForWhatIsRead)
{
    EXPECT_EQ(fail_each("dma_heap_read_finish", -EIO, {EIO}), 1U);
}

INSTANTIATE_TEST_SUITE_P(All, NthFunctionTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
