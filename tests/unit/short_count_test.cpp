// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every call that reads or copies brings less than it was asked for: the load
/// goes on behind it, or says that it could not; what it never does is to
/// leave a gap.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

#include <dmaload/method.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"
#include "ways.hpp"

namespace dmaload::test::short_counts {
namespace {

constexpr std::uint64_t size = 200001;  // several steps of the calls that copy, and no whole blocks
constexpr std::uint64_t seed = 11;

struct Cut {
    const char* name;
    std::size_t (*left)(std::size_t n);  ///< of \p n bytes
};

constexpr Cut cuts[] = {
    {"nothing", [](std::size_t) { return std::size_t{0}; }},
    {"one byte", [](std::size_t) { return std::size_t{1}; }},
    {"less than a block", [](std::size_t n) { return std::min<std::size_t>(n, 511); }},
    {"a block", [](std::size_t n) { return std::min<std::size_t>(n, 512); }},
    {"a page and a byte", [](std::size_t n) { return std::min<std::size_t>(n, 4097); }},
    {"half", [](std::size_t n) { return n / 2; }},
    {"half, in whole blocks", [](std::size_t n) { return n / 1024 * 512; }},
    {"all but a block", [](std::size_t n) { return n - std::min<std::size_t>(n, 512); }},
    {"all but a byte", [](std::size_t n) { return n - 1; }},
};

class ShortCount : public testing::TestWithParam<Way> {
protected:
    void SetUp() override
    {
        if (maps_file(*GetParam().method))
            GTEST_SKIP() << "a mapping has no calls that read";
    }

    /// Whether it loads: with the right content then, else with an error of
    /// the storage.
    [[nodiscard]] bool loads(const std::string& what)
    {
        const std::size_t fds = count_fds();
        bool done = false;
        {
            const auto loaded = GetParam().method->load({file.path(), GetParam().mode, "system"});
            done = loaded.has_value();
            if (loaded) {
                EXPECT_EQ(check_content(*loaded, size, seed), "") << what;
            } else {
                const Error& error = loaded.error();
                // A pipe that cannot be emptied has a full target, for all that splice says.
                EXPECT_TRUE(error.code == EIO || error.code == ENOSPC) << what << ": " << error.message();
            }
        }
        EXPECT_EQ(count_fds(), fds) << what;
        EXPECT_EQ(kernel.mappings(), 0) << what;
        EXPECT_EQ(kernel.accesses(), 0) << what;
        return done;
    }
    /// Direct reads cannot go on within a block, and the engine takes any short
    /// read for the end of the file.
    [[nodiscard]] static bool can_go_on()
    {
        return GetParam().mode == Mode::buffered && GetParam().method->name() != "alloc-read";
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), size, seed};
};

TEST_P(ShortCount, OnceAtEachCall)
{
    for (const Cut& cut : cuts) {
        for (int nth = 1;; ++nth) {
            int calls = 0;
            std::size_t had = 0;
            std::size_t left = 0;
            kernel.shorten = [&](std::size_t n) {
                if (++calls != nth)
                    return n;
                had = n;
                return left = std::min(n, cut.left(n));
            };
            const std::string what = std::string(cut.name) + " of #" + std::to_string(nth);
            const bool loaded = loads(what);
            if (calls < nth) {
                EXPECT_TRUE(loaded) << what << ": there is no such call";
                EXPECT_GT(nth, 1) << "calls were made";
                break;
            }
            EXPECT_GT(had, 0U) << "a call had something to bring";
            if (left == 0) {
                EXPECT_FALSE(loaded) << what;
            } else if (can_go_on()) {
                EXPECT_TRUE(loaded) << what;
            }
        }
    }
}

TEST_P(ShortCount, AtAllCalls)
{
    for (const std::size_t most : {std::size_t{4097}, std::size_t{4096}, std::size_t{65536}}) {
        kernel.shorten = [&](std::size_t n) { return std::min(n, most); };
        EXPECT_TRUE(loads("at most " + std::to_string(most)) || !can_go_on()) << most;
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, ShortCount, testing::ValuesIn(ways()), name_of_way);
INSTANTIATE_TEST_SUITE_P(Variants, ShortCount, testing::ValuesIn(one_way_each(variant_ways())), name_of_way);

}  // namespace
}  // namespace dmaload::test::short_counts
