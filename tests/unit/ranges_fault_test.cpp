// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every system call of a load of ranges fails once, in every way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "errnos.hpp"
#include "failing_call.hpp"
#include "fake_kernel.hpp"
#include "range_content.hpp"
#include "test_file.hpp"

namespace dmaload::test::range_faults {
namespace {

constexpr std::string_view kernels_own = "alloc-read";

class RangesFault : public testing::TestWithParam<std::string_view> {
protected:
    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile one{scratch_directory(), 70001, 1};
    TestFile two{scratch_directory(), 5000, 2};
    std::map<std::string, std::uint64_t> seeds = {{one.path(), 1}, {two.path(), 2}};
    std::vector<FileRange> ranges = {{.file = one.path()},
                                     {.file = two.path(), .file_offset = 512, .length = 700}};
};

TEST_P(RangesFault, EachCallFailsOnceInEachWay)
{
    const auto loader = RangeLoader::create(GetParam());
    ASSERT_TRUE(loader) << loader.error().message();
    for (const int code : all_errnos()) {
        bool all_tried = false;
        for (int nth = 1; !all_tried; ++nth) {
            FailingCall call(kernel, nth, code);
            {
                const auto loaded = loader->load(ranges);
                call.end();
                if (loaded) {
                    EXPECT_EQ(check_ranges(*loaded, seeds), "") << call.what();
                } else {
                    call.expect_told(loaded.error());
                }
            }
            call.expect_nothing_left();
            all_tried = !call.came();
            EXPECT_TRUE(!all_tried || nth > 5) << "calls were made";
        }
    }
}

TEST_P(RangesFault, EachCallOfAProbeFailsOnce)
{
    for (const int code : all_errnos()) {
        bool all_tried = false;
        for (int nth = 1; !all_tried; ++nth) {
            FailingCall call(kernel, nth, code);
            {
                const auto loader = RangeLoader::create(GetParam());
                if (!loader)
                    call.expect_told(loader.error());
            }
            call.end();
            call.expect_nothing_left();
            all_tried = !call.came();
        }
    }
}

TEST_P(RangesFault, AShortReadIsNoSuccess)
{
    const auto loader = RangeLoader::create(GetParam());
    kernel.shorten = [](std::size_t) { return 0; };
    const std::size_t fds = count_fds();
    const auto loaded = loader->load(ranges);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, EIO) << loaded.error().message();
    EXPECT_EQ(count_fds(), fds);
}

// By the library a short read is gone on behind; from the kernel's call it is the end of the file.
TEST_P(RangesFault, EachReadIsShortOnce)
{
    const auto loader = RangeLoader::create(GetParam());
    for (const std::size_t most : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{699}}) {
        for (int nth = 1;; ++nth) {
            int calls = 0;
            kernel.shorten = [&](std::size_t n) { return ++calls == nth ? std::min(n, most) : n; };
            const std::size_t fds = count_fds();
            {
                const auto loaded = loader->load(ranges);
                const std::string what = std::to_string(most) + " bytes of #" + std::to_string(nth);
                const bool short_read = calls >= nth;
                EXPECT_EQ(loaded.has_value(), !short_read || (most != 0 && GetParam() != kernels_own))
                    << what;
                if (loaded) {
                    EXPECT_EQ(check_ranges(*loaded, seeds), "") << what;
                } else {
                    EXPECT_EQ(loaded.error().code, EIO) << what;
                }
            }
            EXPECT_EQ(count_fds(), fds);
            if (calls < nth) {
                EXPECT_GT(nth, 2) << "each range was read";
                break;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Methods, RangesFault, testing::Values(kernels_own, std::string_view("mmap-read")),
                         [](const auto& method) {
                             return method.param == kernels_own ? "alloc_read" : "mmap_read";
                         });

}  // namespace
}  // namespace dmaload::test::range_faults
