// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every system call of a load of ranges fails once, in every way.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include "fake_kernel.hpp"
#include "range_content.hpp"
#include "test_file.hpp"

namespace dmaload::test::range_faults {
namespace {

constexpr int codes[] = {EPERM,  ENOENT, EINTR,  EIO,    EBADF,  EAGAIN, ENOMEM, EACCES, EFAULT,    EBUSY,
                         ENODEV, EINVAL, ENFILE, EMFILE, ENOTTY, EFBIG,  ENOSPC, ENOSYS, EOPNOTSUPP};

class RangesFault : public testing::TestWithParam<const char*> {
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
    for (const int code : codes) {
        for (int nth = 1;; ++nth) {
            int calls = 0;
            std::string failed;
            kernel.fault = [&](std::string_view call) -> std::optional<int> {
                if (++calls != nth)
                    return std::nullopt;
                failed = call;
                return code;
            };
            const std::size_t fds = count_fds();
            const int accesses = kernel.accesses();
            {
                const auto loaded = loader->load(ranges);
                const std::string what = failed + " #" + std::to_string(nth) + ": " + std::strerror(code);
                kernel.fault = nullptr;
                if (loaded) {
                    EXPECT_EQ(check_ranges(*loaded, seeds), "") << what;
                } else {
                    EXPECT_FALSE(loaded.error().operation.empty()) << what;
                    EXPECT_FALSE(loaded.error().object.empty()) << what;
                    EXPECT_EQ(loaded.error().code, code) << what << ": " << loaded.error().message();
                }
            }
            EXPECT_EQ(count_fds(), fds) << failed << " " << std::strerror(code);
            EXPECT_EQ(kernel.mappings(), 0) << failed << " " << std::strerror(code);
            EXPECT_LE(kernel.accesses() - accesses, failed == "ioctl" ? 1 : 0)
                << failed << " " << std::strerror(code);
            if (failed.empty()) {
                EXPECT_GT(nth, 5) << "calls were made";
                break;
            }
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

INSTANTIATE_TEST_SUITE_P(Methods, RangesFault, testing::Values("alloc-read", "mmap-read"),
                         [](const auto& method) {
                             return std::string(method.param) == "alloc-read" ? "alloc_read" : "mmap_read";
                         });

}  // namespace
}  // namespace dmaload::test::range_faults
