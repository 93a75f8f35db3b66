// SPDX-License-Identifier: Apache-2.0
#include <dmaload/ranges.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "fake_kernel.hpp"
#include "range_content.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

using testing::HasSubstr;

class RangesTest : public testing::Test {
protected:
    Result<LoadedRanges> load(const std::vector<FileRange>& ranges, std::uint64_t buffer_size = 0,
                              std::string_view method = auto_method, std::optional<Mode> mode = std::nullopt)
    {
        const auto loader = RangeLoader::create(method, mode);
        return loader ? loader->load(ranges, buffer_size) : std::unexpected(loader.error());
    }
    /// What is wrong with a load; nothing must be left behind by it.
    Error failure(const std::vector<FileRange>& ranges, std::uint64_t buffer_size = 0)
    {
        const std::size_t fds = count_fds();
        const auto loaded = load(ranges, buffer_size);
        EXPECT_FALSE(loaded);
        EXPECT_EQ(count_fds(), fds + (loaded ? 1 : 0));
        return loaded ? Error{} : loaded.error();
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile one{scratch_directory(), 70001, 1};
    TestFile two{scratch_directory(), 5000, 2};
    std::string a = one.path();
    std::string b = two.path();
    std::map<std::string, std::uint64_t> seeds = {{a, 1}, {b, 2}};
};

TEST_F(RangesTest, ShardsLieBehindEachOther)
{
    for (const char* method : {"alloc-read", "mmap-read"}) {
        const std::size_t fds = count_fds();
        const auto loaded = load({{.file = a}, {.file = b}, {.file = a}}, 0, method);
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(count_fds(), fds + 1) << "only the dma-buf stays open";
        ASSERT_EQ(loaded->ranges.size(), 3U);
        EXPECT_EQ(loaded->ranges[1].buffer_offset, 73728U);
        EXPECT_EQ(loaded->ranges[2].buffer_offset, 81920U);
        EXPECT_EQ(loaded->ranges[2].length, 70001U);
        EXPECT_EQ(loaded->buffer_size, 81920U + 73728U);
        EXPECT_EQ(loaded->bytes_read, 2 * 70001U + 5000U);
        EXPECT_EQ(check_ranges(*loaded, seeds), "") << method;
    }
}

TEST_F(RangesTest, PartsGoWhereTheyAreSent)
{
    // Not in order, with gaps; one ends and the next begins within a page.
    const auto loaded = load({{.file = a, .file_offset = 4096, .length = 1000, .buffer_offset = 8192},
                              {.file = b, .file_offset = 512, .length = 1, .buffer_offset = 0},
                              {.file = b, .buffer_offset = 9216},
                              {.file = a, .file_offset = 69632}},
                             65536);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->ranges[3].buffer_offset, 16384U);
    EXPECT_EQ(loaded->ranges[3].length, 369U);
    EXPECT_EQ(loaded->buffer_size, 65536U);
    EXPECT_EQ(check_ranges(*loaded, seeds), "");
}

TEST_F(RangesTest, EachRangeMayHaveItsMode)
{
    const auto loaded =
        load({{.file = a, .length = 1000},
              {.file = a, .file_offset = 999, .length = 3, .buffer_offset = 1000, .mode = Mode::buffered}});
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->ranges[0].mode, Mode::direct);
    EXPECT_EQ(loaded->ranges[1].mode, Mode::buffered);
    EXPECT_EQ(check_ranges(*loaded, seeds), "");
}

TEST_F(RangesTest, BlocksLargerThanPagesMoveTheShards)
{
    kernel.direct_alignment = 65536;
    const auto loaded = load({{.file = b}, {.file = a}});
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->ranges[1].buffer_offset, 65536U);
    EXPECT_EQ(check_ranges(*loaded, seeds), "");
}

TEST_F(RangesTest, AnUnalignedDirectRangeIsToldTheAlignment)
{
    const Error in_file = failure({{.file = a, .file_offset = 100, .length = 512}});
    EXPECT_EQ(in_file.code, EINVAL);
    EXPECT_THAT(in_file.message(), HasSubstr("offset in the file, 100, is not a multiple of 512"));
    const Error in_buffer = failure({{.file = a, .length = 512, .buffer_offset = 511}});
    EXPECT_THAT(in_buffer.message(), HasSubstr("offset in the buffer, 511, is not a multiple of 512"));
    EXPECT_THAT(in_buffer.message(), HasSubstr(a));

    // Where the filesystem does not tell, it is the kernel that refuses.
    kernel.tells_direct_alignment = false;
    const Error refused = failure({{.file = a, .file_offset = 100, .length = 512}});
    EXPECT_EQ(refused.operation, "DMA_HEAP_IOCTL_ALLOC_READ");
    EXPECT_THAT(refused.message(), HasSubstr("try buffered mode"));
}

TEST_F(RangesTest, RangesOutsideTheirFileAreRefused)
{
    for (const FileRange& range :
         {FileRange{.file = b, .file_offset = 5000}, FileRange{.file = b, .length = 5001},
          FileRange{.file = b, .file_offset = 4096, .length = UINT64_MAX - 100},
          FileRange{.file = b, .file_offset = UINT64_MAX, .length = 2}}) {
        const Error error = failure({range});
        EXPECT_EQ(error.code, EINVAL);
        EXPECT_THAT(error.message(), HasSubstr("The file ends at 5000"));
    }
}

TEST_F(RangesTest, OverlapNamesBothRanges)
{
    const Error error = failure({{.file = b, .length = 513, .buffer_offset = 4096},
                                 {.file = a, .length = 100, .buffer_offset = 0},
                                 {.file = a, .file_offset = 512, .length = 1, .buffer_offset = 4608}});
    EXPECT_EQ(error.code, EINVAL);
    EXPECT_THAT(error.message(), HasSubstr("1 bytes at 512 of " + a));
    EXPECT_THAT(error.message(), HasSubstr("overlaps 513 bytes at 0 of " + b + " at 4096"));
}

TEST_F(RangesTest, ImpossibleBuffersAreRefused)
{
    EXPECT_EQ(failure({}).code, EINVAL);
    EXPECT_THAT(failure({{.file = a}}, 4096).message(),
                HasSubstr("70001 bytes, more than the buffer of 4096"));
    EXPECT_EQ(failure({{.file = b, .buffer_offset = std::uint64_t{1} << 63U}}).code, EFBIG);
    EXPECT_EQ(failure({{.file = b, .buffer_offset = UINT64_MAX - 511}}).code, EFBIG);
    EXPECT_EQ(failure({{.file = b}}, UINT64_MAX).code, EFBIG);
    EXPECT_EQ(failure({{.file = b, .buffer_offset = std::uint64_t{1} << 50U}}).code, ENOMEM);
}

TEST_F(RangesTest, MoreRangesThanACallTakesAreRefused)
{
    const std::vector<FileRange> ranges(Heap::max_ranges + 1, FileRange{.file = b, .length = 1});
    EXPECT_THAT(failure(ranges).message(), HasSubstr("4097 ranges; one call takes 1 to 4096"));
    const auto most = load({ranges.begin(), ranges.end() - 1});
    ASSERT_TRUE(most) << most.error().message();
    EXPECT_EQ(most->bytes_read, 4096U);
}

TEST_F(RangesTest, AFileThatCannotBeOpenedIsNamed)
{
    const Error error = failure({{.file = a}, {.file = "/no/such/file"}});
    EXPECT_EQ(error.code, ENOENT);
    EXPECT_THAT(error.message(), HasSubstr("/no/such/file"));
}

TEST_F(RangesTest, AFileThatShrankIsAnError)
{
    for (const char* method : {"alloc-read", "mmap-read"}) {
        const TestFile file(scratch_directory(), 70001, 1);
        kernel.before_read = [&](int) { ASSERT_EQ(::truncate(file.path().c_str(), 100), 0); };
        const auto loaded = load({{.file = file.path()}}, 0, method);
        ASSERT_FALSE(loaded) << method;
        EXPECT_EQ(loaded.error().code, EIO) << loaded.error().message();
    }
}

TEST_F(RangesTest, AFileThatShrankBeforeTheKernelLookedIsAnError)
{
    const auto loader = RangeLoader::create();
    kernel.fault = [&](std::string_view call) -> std::optional<int> {
        if (call == "ioctl") {
            EXPECT_EQ(::truncate(b.c_str(), 100), 0);
        }
        return std::nullopt;
    };
    const std::vector<FileRange> ranges = {{.file = a}, {.file = b}};
    const auto loaded = loader->load(ranges);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, EIO);
    EXPECT_THAT(loaded.error().message(), HasSubstr(b));
}

TEST_F(RangesTest, WithoutTheCallItMapsAndSaysWhy)
{
    kernel.knows_ranges = false;
    const auto loader = RangeLoader::create();
    ASSERT_TRUE(loader) << loader.error().message();
    EXPECT_EQ(loader->method().name(), "mmap-read");
    EXPECT_EQ(loader->mode(), Mode::buffered);
    ASSERT_TRUE(loader->passed_over());
    EXPECT_THAT(loader->passed_over()->message(), HasSubstr("does not know DMA_HEAP_IOCTL_ALLOC_READ"));
    // No alignment is needed there.
    const std::vector<FileRange> ranges = {{.file = a, .file_offset = 1, .length = 7, .buffer_offset = 3}};
    const auto loaded = loader->load(ranges);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(check_ranges(*loaded, seeds), "");

    const std::vector<FileRange> direct = {{.file = a, .mode = Mode::direct}};
    EXPECT_EQ(loader->load(direct).error().code, EFAULT);
}

TEST_F(RangesTest, AProbeThatFailsIsNoAnswer)
{
    for (const int code : {ENOMEM, EINTR, EMFILE}) {
        kernel.fault = [code](std::string_view call) {
            return call == "ioctl" ? std::optional<int>(code) : std::nullopt;
        };
        const std::size_t fds = count_fds();
        EXPECT_EQ(RangeLoader::create().error().code, code);
        EXPECT_EQ(count_fds(), fds);
    }
}

TEST_F(RangesTest, WhatWasInsistedOnHasNoSubstitute)
{
    EXPECT_EQ(RangeLoader::create("mmap-read", Mode::direct).error().code, EFAULT);
    EXPECT_THAT(RangeLoader::create("udmabuf").error().message(), HasSubstr("auto, alloc-read, mmap-read"));
    kernel.knows_ranges = false;
    EXPECT_EQ(RangeLoader::create("alloc-read").error().code, EINVAL);
    EXPECT_THAT(RangeLoader::create(auto_method, Mode::direct).error().message(),
                HasSubstr("kernel-patches"));
    kernel.knows_ranges = true;
    kernel.heaps["system"].reads_files = false;
    EXPECT_EQ(RangeLoader::create("alloc-read").error().code, EOPNOTSUPP);
    EXPECT_EQ(RangeLoader::create()->method().name(), "mmap-read");
    kernel.heaps.clear();
    EXPECT_EQ(RangeLoader::create().error().code, ENOENT);
}

}  // namespace
}  // namespace dmaload::test
