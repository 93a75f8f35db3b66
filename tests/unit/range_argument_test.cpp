// SPDX-License-Identifier: Apache-2.0
#include "range_argument.hpp"

#include <gtest/gtest.h>

namespace dmaload::cli {
namespace {

TEST(RangeArgument, HasFileOffsetAndLength)
{
    const auto range = parse_range("dir/model.bin:4K:1M");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->file, "dir/model.bin");
    EXPECT_EQ(range->file_offset, 4096U);
    EXPECT_EQ(range->length, std::uint64_t{1} << 20U);
    EXPECT_EQ(range->buffer_offset, std::nullopt);
    EXPECT_EQ(range->mode, std::nullopt);
}

TEST(RangeArgument, MayHaveAPlaceInTheBuffer)
{
    const auto range = parse_range("a:0:0@64K");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->length, 0U);
    EXPECT_EQ(range->buffer_offset, 65536U);
}

TEST(RangeArgument, LeavesMarksInNamesAlone)
{
    const auto range = parse_range("/dev/disk/by-path/pci-0000:00:04.0@v2:512:8");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->file, "/dev/disk/by-path/pci-0000:00:04.0@v2");
    EXPECT_EQ(range->file_offset, 512U);
    EXPECT_EQ(range->length, 8U);
    EXPECT_EQ(range->buffer_offset, std::nullopt);
}

TEST(RangeArgument, RefusesWhatIsIncomplete)
{
    for (const char* text : {"", "file", "file:1", ":0:1", "file::1", "file:1:", "file:x:1", "file:1:-1",
                             "file:1:2@", "file:1:2@x", "file:1:2x"})
        EXPECT_FALSE(parse_range(text)) << text;
}

}  // namespace
}  // namespace dmaload::cli
