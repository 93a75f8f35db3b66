// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a load of ranges says about the page cache.
#include <gtest/gtest.h>

#include <dmaload/ranges.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

class RangePathsTest : public testing::Test {
protected:
    /// The paths of the ranges, in their order, each followed by a blank.
    static std::string paths(const std::vector<FileRange>& ranges)
    {
        const auto loader = RangeLoader::create();
        const auto loaded = loader->load(ranges);
        if (!loaded)
            return loaded.error().message();
        std::string text;
        for (const LoadedRange& range : loaded->ranges)
            text += std::string(to_string(range.path_taken)) + " ";
        return text;
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile one{scratch_directory(), 70001, 1};
    TestFile two{scratch_directory(), 5000, 2};
    std::string a = one.path();
    std::string b = two.path();
};

TEST_F(RangePathsTest, ADirectReadThroughTheCacheIsSeen)
{
    const std::vector<FileRange> ranges = {{.file = a}, {.file = b}};
    EXPECT_EQ(paths(ranges), "direct direct ");
    kernel.direct_alignment = 0;
    kernel.tells_direct_alignment = false;
    EXPECT_EQ(paths(ranges), "buffered buffered ");
}

TEST_F(RangePathsTest, OfAFileThatIsReadInBothModesNobodyCanTell)
{
    const FileRange direct = {.file = a};
    const FileRange buffered = {.file = b, .length = 100, .mode = Mode::buffered};
    EXPECT_EQ(paths({direct, buffered}), "direct buffered ");
    EXPECT_EQ(paths({direct, buffered, {.file = b}}), "direct buffered unknown ");
}

TEST_F(RangePathsTest, BytesThatMayHaveBeenCachedBeforeTellNothing)
{
    // Two pages of the file are read, one of them three times, and two are cached: they may be these.
    const std::vector<FileRange> ranges = {{.file = a, .length = 8192},
                                           {.file = a, .length = 8192},
                                           {.file = a, .file_offset = 4096, .length = 4096}};
    kernel.cached_before = 2;
    EXPECT_EQ(paths(ranges), "unknown unknown unknown ");
    kernel.cached_before = 1;
    EXPECT_EQ(paths(ranges), "direct direct direct ");
}

}  // namespace
}  // namespace dmaload::test
