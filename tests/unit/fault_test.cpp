// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every system call of every method fails once, in every way: the load, or the
/// probe, either works all the same, with the right content, or fails with a
/// message, and nothing stays behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/method.hpp>

#include "errnos.hpp"
#include "failing_call.hpp"
#include "fake_kernel.hpp"
#include "test_file.hpp"
#include "ways.hpp"

namespace dmaload::test::faults {
namespace {

constexpr std::uint64_t size = 70001;
constexpr std::uint64_t seed = 9;

class Fault : public testing::TestWithParam<Way> {
protected:
    [[nodiscard]] Result<Loaded> load(const TestFile& from) const
    {
        return GetParam().method->load({from.path(), GetParam().mode, "system"});
    }

    /// Loads as often as it makes calls; in each load another one fails.
    void fail_each_call(int code, const TestFile& with, std::uint64_t length);
    /// The same with a file so large that what has helpers calls them, and one errno.
    void fail_each_call_in_whatever_thread();
    /// Probes as often as that makes calls.
    void fail_each_call_of_a_probe(int code);

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), size, seed};
};

void Fault::fail_each_call(int code, const TestFile& with, std::uint64_t length)
{
    bool all_tried = false;
    for (int nth = 1; !all_tried; ++nth) {
        FailingCall call(kernel, nth, code);
        {
            const auto loaded = load(with);
            call.end();
            if (loaded) {
                EXPECT_EQ(check_content(*loaded, length, seed), "") << call.what();
            } else {
                call.expect_told(loaded.error());
            }
        }
        call.expect_nothing_left();
        all_tried = !call.came();
        EXPECT_TRUE(!all_tried || nth > 3) << "calls were made";
    }
}

void Fault::fail_each_call_in_whatever_thread()
{
    constexpr std::uint64_t large = (std::uint64_t{6} << 20U) + 1;
    fail_each_call(EIO, TestFile(scratch_directory(), large, seed), large);
}

void Fault::fail_each_call_of_a_probe(int code)
{
    bool all_tried = false;
    for (int nth = 1; !all_tried; ++nth) {
        constexpr int more_than_any_makes = 20;
        ASSERT_LT(nth, more_than_any_makes) << std::strerror(code);
        FailingCall call(kernel, nth, code);
        const auto available = GetParam().method->probe("system", GetParam().mode);
        call.end();
        if (!available) {
            EXPECT_FALSE(available.error().operation.empty()) << call.what();
            EXPECT_FALSE(available.error().object.empty()) << call.what();
            EXPECT_EQ(available.error().code, code) << call.what() << ": " << available.error().message();
        }
        call.expect_nothing_left();
        // Of a call that a child makes only the outcome is seen here.
        all_tried = !call.came() && available;
    }
}

TEST_P(Fault, EachCallFailsOnceInEachWay)
{
    for (const int code : usual_errnos)
        fail_each_call(code, file, size);
}

// A file of two pages: what depends on the size is seen above.
TEST_P(Fault, EachCallFailsOnceWithEveryOtherErrno)
{
    constexpr std::uint64_t small = 5001;
    const TestFile small_file(scratch_directory(), small, seed);
    for (const int code : all_errnos()) {
        if (std::ranges::find(usual_errnos, code) == usual_errnos.end())
            fail_each_call(code, small_file, small);
    }
}

TEST_P(Fault, EachCallFailsOnceInWhateverThread)
{
    fail_each_call_in_whatever_thread();
}

// A ring is tried in a child, and to make one takes longer than all else: a few errnos do.
TEST_P(Fault, EachCallOfAProbeFailsOnce)
{
    std::vector<int> codes = all_errnos();
    if (GetParam().method->name().find("uring") != std::string_view::npos)
        codes.assign(usual_errnos.begin(), usual_errnos.end());
    for (const int code : codes)
        fail_each_call_of_a_probe(code);
}

TEST_P(Fault, AnEndedFileIsNoSuccess)
{
    if (maps_file(*GetParam().method))
        GTEST_SKIP() << "a mapping has no calls that read";
    kernel.shorten = [](std::size_t) { return 0; };
    const std::size_t fds = count_fds();
    const auto loaded = load(file);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, EIO) << loaded.error().message();
    EXPECT_EQ(count_fds(), fds);
    EXPECT_EQ(kernel.mappings(), 0);
    EXPECT_EQ(kernel.accesses(), 0);
}

TEST_P(Fault, InterruptedReadsAreRepeated)
{
    if (GetParam().method->name() == "alloc-read")
        GTEST_SKIP() << "the kernel reads; a signal that ends its wait is fatal";
    int reads = 0;
    kernel.fault = [&](std::string_view call) -> std::optional<int> {
        const bool reads_file = call == "pread" || call == "preadv2" || call == "sendfile" ||
                                call == "splice" || call == "copy_file_range";
        return reads_file && reads++ % 2 == 0 ? std::optional<int>(EINTR) : std::nullopt;
    };
    const auto loaded = load(file);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(check_content(*loaded, size, seed), "");
}

INSTANTIATE_TEST_SUITE_P(Ways, Fault, testing::ValuesIn(ways()), name_of_way);

/// What a variant changes is how much is read at once and how pages come. It
/// makes the calls of its method: a few errnos do.
class VariantFault : public Fault {};

TEST_P(VariantFault, EachCallFailsOnceInSomeWays)
{
    for (const int code : {EINTR, EIO, ENOMEM, EINVAL})
        fail_each_call(code, file, size);
}

INSTANTIATE_TEST_SUITE_P(Variants, VariantFault, testing::ValuesIn(variant_ways()), name_of_way);

class LargeVariantFault : public Fault {};

TEST_P(LargeVariantFault, EachCallFailsOnceInWhateverThread)
{
    fail_each_call_in_whatever_thread();
}

INSTANTIATE_TEST_SUITE_P(Variants, LargeVariantFault, testing::ValuesIn(one_way_each(variant_ways())),
                         name_of_way);

}  // namespace
}  // namespace dmaload::test::faults
