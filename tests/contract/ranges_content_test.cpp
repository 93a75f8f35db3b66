// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: every byte of the buffer is that of the range
// that covers it, or zero.
#include <cerrno>

#include <unistd.h>

#include <dmaload/pattern.hpp>

#include "support/block.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

using RangesContentTest = RangesPlaceTest;

TEST_P(RangesContentTest, OneRangeIsTheFile)
{
    for (const std::uint64_t size :
         {std::uint64_t{1}, std::uint64_t{4095}, std::uint64_t{4097}, megabyte + 511, 20 * megabyte + 3}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        expect_loaded({{.fd = fd.get(), .length = size}});
        expect_loaded({{.fd = fd.get(), .length = size}}, size + 3 * megabyte + 1);
    }
}

TEST_P(RangesContentTest, SeveralFilesOneBehindTheOther)
{
    const TemporaryFile one(folder(), 9 * megabyte + 1, 1);
    const TemporaryFile two(folder(), 12345, 2);
    const TemporaryFile three(folder(), 17 * megabyte, 3);
    const UniqueFd a = open(one);
    const UniqueFd b = open(two);
    const UniqueFd c = open(three);
    const std::uint64_t second = round_up(one.size(), page_size());
    const std::uint64_t third = second + round_up(two.size(), page_size());
    const Piece pieces[] = {{.fd = a.get(), .seed = 1, .length = one.size()},
                            {.fd = b.get(), .seed = 2, .length = two.size(), .buffer_offset = second},
                            {.fd = c.get(), .seed = 3, .length = three.size(), .buffer_offset = third}};
    expect_loaded({pieces[0], pieces[1], pieces[2]});
    expect_loaded({pieces[2], pieces[0], pieces[1]});
    expect_loaded({pieces[1], pieces[2]});
}

TEST_P(RangesContentTest, SameFileTwice)
{
    const TemporaryFile file(folder(), 9 * megabyte + 5);
    const UniqueFd fd = open(file);
    const UniqueFd again = open(file);
    expect_loaded({{.fd = fd.get(), .length = file.size(), .buffer_offset = 10 * megabyte},
                   {.fd = fd.get(), .length = file.size()},
                   {.fd = again.get(), .length = 100, .buffer_offset = 20 * megabyte}});
}

TEST_P(RangesContentTest, GapsOfEverySizeAreZero)
{
    const TemporaryFile file(folder(), 4 * megabyte);
    const UniqueFd fd = open(file);
    const std::uint64_t unit = alignment(fd.get());
    for (const std::uint64_t gap : {unit, page_size(), megabyte, 30 * megabyte + page_size()}) {
        const std::uint64_t first = round_up(gap, unit);
        const std::uint64_t second = round_up(first + 5000 + gap, unit);
        expect_loaded({{.fd = fd.get(), .file_offset = megabyte, .length = 5000, .buffer_offset = first},
                       {.fd = fd.get(), .length = 2 * megabyte + 7, .buffer_offset = second}},
                      second + 2 * megabyte + 7 + gap);
    }
}

TEST_P(RangesContentTest, PartsOfSeveralBatches)
{
    const TemporaryFile file(folder(), 48 * megabyte + 100);
    const UniqueFd fd = open(file);
    const std::uint64_t unit = alignment(fd.get());
    // Longer than any batch, beginning and ending nowhere near where one would.
    expect_loaded(
        {{.fd = fd.get(), .file_offset = 3 * unit, .length = 33 * megabyte + 1234, .buffer_offset = unit},
         {.fd = fd.get(),
          .file_offset = 7 * megabyte + unit,
          .length = 21 * megabyte + 1,
          .buffer_offset = 34 * megabyte}});
}

TEST_P(RangesContentTest, SmallRanges)
{
    const TemporaryFile file(folder(), 2 * megabyte);
    const UniqueFd fd = open(file);
    const std::uint64_t unit = alignment(fd.get());
    for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{1024}, std::uint64_t{1500},
                                       std::uint64_t{2048}, std::uint64_t{4096}}) {
        // Without gaps but for what the alignment needs, and backwards in the file.
        const std::uint64_t step = round_up(length, unit);
        std::vector<Piece> pieces;
        for (std::uint64_t i = 0; i < 300; ++i)
            pieces.push_back({.fd = fd.get(),
                              .file_offset = (299 - i) * step,
                              .length = length,
                              .buffer_offset = i * step});
        expect_loaded(pieces);
    }
}

TEST_P(RangesContentTest, AsManyRangesAsThereMayBe)
{
    constexpr std::uint64_t count = DMA_HEAP_READ_MAX_RANGES;
    const TemporaryFile file(folder(), count * 4096);
    const UniqueFd fd = open(file);
    std::vector<Piece> pieces;
    for (std::uint64_t i = 0; i < count; ++i)
        pieces.push_back({.fd = fd.get(),
                          .file_offset = i * 4096,
                          .length = 4096 - i % 7,
                          .buffer_offset = (count - 1 - i) * 4096});
    expect_loaded(pieces);
    pieces.push_back({.fd = fd.get(), .length = 1, .buffer_offset = count * 4096});
    EXPECT_EQ(read_ranges(heap(), request_for(pieces)).error, Errno{EINVAL});
}

TEST_P(RangesContentTest, HolesAreZero)
{
    const TemporaryFile file(folder(), 0);
    ASSERT_EQ(::truncate(file.path().c_str(), 6 * megabyte), 0);
    write_pattern(file.path(), 5000, 1, 3 * megabyte);
    forget_pages(file.path());
    const UniqueFd fd = open(file);
    const RangesOutcome loaded = read_ranges(
        heap(), {.ranges = {range(fd.get(), 0, megabyte, 0), range(fd.get(), 3 * megabyte, 5000, megabyte)}});
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pieces(loaded.dmabuf.get(),
                             {{.file_offset = 3 * megabyte, .length = 5000, .buffer_offset = megabyte}},
                             megabyte + round_up(5000, page_size())));
}

TEST_P(RangesContentTest, FilePositionIsNeitherUsedNorMoved)
{
    const TemporaryFile file(folder(), 3 * megabyte);
    const UniqueFd fd = open(file);
    ASSERT_EQ(::lseek(fd.get(), 4097, SEEK_SET), 4097);
    expect_loaded({{.fd = fd.get(), .file_offset = megabyte, .length = megabyte + 1},
                   {.fd = fd.get(), .length = 100, .buffer_offset = 2 * megabyte}});
    EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 4097);
}

TEST_P(RangesContentTest, WrittenDataIsReadBeforeItIsOnDisk)
{
    const TemporaryFile file(folder(), megabyte, 1);
    {
        const UniqueFd writer = file.open(O_WRONLY);
        std::vector<std::byte> bytes(megabyte);
        dmaload::pattern::fill(bytes, 0, 2);
        ASSERT_EQ(::pwrite(writer.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    }
    const UniqueFd fd = open(file);
    expect_loaded({{.fd = fd.get(), .seed = 2, .length = 300000, .buffer_offset = 8192}});
}

INSTANTIATE_TEST_SUITE_P(All, RangesContentTest, ::testing::ValuesIn(all_places()), place_name);

class RangesDeviceTest : public RangesTest, public ::testing::WithParamInterface<bool> {};

TEST_P(RangesDeviceTest, PartsOfABlockDevice)
{
    // A size that no page divides: its last block is the end of the device.
    constexpr std::uint64_t size = 8 * megabyte + 3 * 512ULL;
    const Image image(size);
    write_pattern(image.path(), size, 3);
    const auto device = LoopDevice::over(image.path(), 512);
    if (!device)
        GTEST_SKIP() << device.error();
    const UniqueFd fd = open_file(device->path(), O_RDONLY | (GetParam() ? O_DIRECT : 0));
    const std::vector<Piece> pieces = {
        {.fd = fd.get(), .seed = 3, .file_offset = size - 1024, .length = 1024, .buffer_offset = 512},
        {.fd = fd.get(), .seed = 3, .file_offset = 512, .length = 5 * megabyte + 1, .buffer_offset = 1536},
        {.fd = fd.get(), .seed = 3, .file_offset = size - 512, .length = 512, .buffer_offset = 6 * megabyte}};
    const RangesOutcome loaded = read_ranges(heap(), request_for(pieces));
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(loaded.bytes_read, 1024 + 5 * megabyte + 1 + 512);
    EXPECT_TRUE(holds_pieces(loaded.dmabuf.get(), pieces, 6 * megabyte + page_size()));
    EXPECT_EQ(error_of({.ranges = {range(fd.get(), size - 512, 513, 0)}}), Errno{EINVAL})
        << "beyond the device";
    if (GetParam()) {
        EXPECT_EQ(error_of({.ranges = {range(fd.get(), 256, 512, 0)}}), Errno{EINVAL});
        EXPECT_EQ(error_of({.ranges = {range(fd.get(), 512, 512, 256)}}), Errno{EINVAL});
    }
}

INSTANTIATE_TEST_SUITE_P(All, RangesDeviceTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "direct" : "buffered"; });

}  // namespace
}  // namespace contract
