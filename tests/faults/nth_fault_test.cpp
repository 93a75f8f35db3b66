// SPDX-License-Identifier: Apache-2.0
// Contract, rules 3, 6 and 7: whichever step of a call fails, the error is the
// documented one (or the call has found another way), nobody has got a buffer,
// and nothing is left behind.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <string>

#include "faulted_call.hpp"
#include "injectors.hpp"
#include "leaks.hpp"
#include "load_case.hpp"
#include "support/fixture.hpp"
#include "support/holdings.hpp"

namespace faults {
namespace {

// Steps of one call; there are some hundred at most.
constexpr unsigned int too_many = 2000;

// All single pages; and 1 MB, 64 KB and single pages, several batches.
constexpr std::uint64_t few_pages = 40 * contract::kilobyte + 77;
constexpr std::uint64_t sizes[] = {few_pages, contract::megabyte + 200 * contract::kilobyte + 77};

/// The error that a fault of a kind may end a call with.
contract::Errno error_of(Kind kind)
{
    switch (kind) {
    case Kind::slab:
    case Kind::page:
        return {ENOMEM};
    case Kind::usercopy:
        return {EFAULT};
    case Kind::request:
        return {EIO};
    }
    return {};
}

/// What came of the faults of one kind.
struct Met {
    long faults = 0;
    long errors = 0;  ///< calls that failed for it; the others found another way
};

class NthFaultTest : public ::testing::TestWithParam<LoadCase> {
protected:
    void SetUp() override
    {
        folder_ = GetParam().folder();
        ASSERT_NE(folder_, "")
            << "give the guest a disk, and one with XFS: their requests can be made to fail";
        heap_ = contract::open_heap(GetParam().heap);
    }

    [[nodiscard]] std::string disk() const
    {
        const std::string device = contract::device_of(folder_);
        return device.substr(device.rfind('/') + 1);
    }

    /// Every step of one kind in loads of a file of that size, one after the other.
    void fail_each(Kind kind, std::uint64_t size)
    {
        const contract::TemporaryFile file(folder_, size);
        const NthFault nth;
        load(nth, file, 0);  // what is made at the first call and kept is no leak

        // The pages of the page cache are not the call's own, and of a large file they are hundreds. Large
        // ones are few, and the call itself asks for them.
        const bool cold =
            GetParam().direct || GetParam().large_folios || kind != Kind::page || size == few_pages;
        const PageOwners pages;
        const Injectors injectors(kind, disk());
        for (unsigned int n = 1; load(nth, file, n, cold, &injectors); ++n)
            ASSERT_LT(n, too_many) << "the faults do not end";
        EXPECT_TRUE(pages.has_no_more());
    }

    [[nodiscard]] const std::map<Kind, Met>& met() const { return met_; }

private:
    /// Makes one load whose n-th step fails, or none if n is 0. False if there was no n-th.
    bool load(const NthFault& nth, const contract::TemporaryFile& file, unsigned int n, bool cold = true,
              const Injectors* injectors = nullptr)
    {
        SCOPED_TRACE("step " + std::to_string(n));
        const contract::Holdings holdings;
        const Counts before = injectors != nullptr ? injectors->injected() : Counts{};
        Faulted outcome;
        {
            Source source(file);
            source.cold = cold;
            Load load(GetParam(), heap_.get(), source);
            outcome = nth.call(n, load.heap(), load.command(), load.argument());
            if (outcome.error == contract::Errno{}) {
                EXPECT_TRUE(load.take_and_compare());
            }
        }
        EXPECT_EQ(holdings.change(), "");
        EXPECT_TRUE(nobody_writes(file.path()));
        if (n == 0 || !outcome.injected) {
            EXPECT_EQ(outcome.error, contract::Errno{}) << "without a fault";
            return false;
        }
        const Kind kind = kind_that_grew(before, injectors->injected());
        if (outcome.error != contract::Errno{}) {
            EXPECT_EQ(outcome.error, error_of(kind)) << "after " << name_of(kind);
            ++met_[kind].errors;
        }
        ++met_[kind].faults;
        return true;
    }

    static Kind kind_that_grew(const Counts& before, const Counts& after)
    {
        const auto grown = std::ranges::find_if(kinds, [&](Kind kind) {
            const auto index = static_cast<std::size_t>(kind);
            return after.at(index) > before.at(index);
        });
        EXPECT_NE(grown, kinds.end()) << "a fault of no kind that is known";
        return grown != kinds.end() ? *grown : Kind::slab;
    }

    std::string folder_;
    contract::UniqueFd heap_;
    std::map<Kind, Met> met_;
};

TEST_P(NthFaultTest, LeavesNothingBehind)
{
    for (const Kind kind : kinds)
        for (const std::uint64_t size : sizes) {
            SCOPED_TRACE(std::string(name_of(kind)) + ", " + std::to_string(size) + " bytes");
            fail_each(kind, size);
            if (HasFatalFailure())
                return;
        }
    for (const Kind kind : kinds) {
        const Met found = met().contains(kind) ? met().at(kind) : Met{};
        std::printf("    %-32s %-18s %4ld faults, %4ld errors\n", GetParam().name().c_str(), name_of(kind),
                    found.faults, found.errors);
        // Neither the page cache nor this heap asks for pages: slabs do, should they need some just then.
        const bool not_pages = kind == Kind::page && GetParam().heap != "system";
        const bool by_chance = not_pages && GetParam().direct;
        EXPECT_TRUE(found.faults > 0 || by_chance) << name_of(kind) << " never met a step of ours";
        // A buffered read tries a failed request again, and the pages of the CMA heap come by CMA alone.
        const bool others = (kind == Kind::request && !GetParam().direct) || not_pages;
        EXPECT_TRUE(found.errors > 0 || others)
            << "no fault of " << name_of(kind) << " was one of the call's own";
    }
}

INSTANTIATE_TEST_SUITE_P(All, NthFaultTest, ::testing::ValuesIn(all_cases_and_large_folios()), case_name);

}  // namespace
}  // namespace faults
