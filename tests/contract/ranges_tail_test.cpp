// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ, contract, rule 5: a direct read transfers whole
// blocks, but no byte of a neighbour is ever written by it, and none of what
// lies behind the range in its last block is seen.
#include <cerrno>

#include "support/planted.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

/// Each test has a range A whose last block is not whole, and a range B near
/// its end. Both orders are tried: whoever is read last must not win.
class RangesTailTest : public RangesPlaceTest {
protected:
    void expect_both(const Piece& a, const Piece& b) const
    {
        expect_loaded({a, b});
        expect_loaded({b, a});
    }
};

constexpr std::uint64_t sizes[] = {1, 511, 513, 1000, 4095, megabyte + 4000, 8 * megabyte + 100};

// B is buffered, so that it may begin at any byte.
TEST_P(RangesTailTest, NeighbourImmediatelyBehindTheEndOfTheFile)
{
    for (const std::uint64_t size : sizes) {
        SCOPED_TRACE(std::to_string(size) + " bytes");
        const PlantedFile first(folder(), size, 1);
        const TemporaryFile second(folder(), 3 * megabyte, 2);
        const UniqueFd a = open(first.file());
        const UniqueFd b = second.open(O_RDONLY);
        for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{100}, 2 * megabyte + 1})
            expect_both(
                {.fd = a.get(), .seed = 1, .length = size},
                {.fd = b.get(), .seed = 2, .file_offset = 77, .length = length, .buffer_offset = size});
    }
}

TEST_P(RangesTailTest, NothingBehindTheEndOfTheFile)
{
    for (const std::uint64_t size : sizes) {
        SCOPED_TRACE(std::to_string(size) + " bytes");
        const PlantedFile file(folder(), size);
        const UniqueFd fd = open(file.file());
        expect_loaded({{.fd = fd.get(), .length = size}});
        expect_loaded({{.fd = fd.get(), .length = size}}, size + 64 * kilobyte);
        expect_loaded({{.fd = fd.get(), .length = size, .buffer_offset = 16 * kilobyte}});
    }
}

// Here it is the file's own bytes that must not be seen.
TEST_P(RangesTailTest, NeighbourImmediatelyBehindARangeThatEndsWithinABlock)
{
    const TemporaryFile first(folder(), 16 * megabyte, 1);
    const TemporaryFile second(folder(), megabyte, 2);
    const UniqueFd a = open(first);
    const UniqueFd b = second.open(O_RDONLY);
    for (const std::uint64_t length : sizes) {
        SCOPED_TRACE(std::to_string(length) + " bytes");
        expect_both({.fd = a.get(), .seed = 1, .file_offset = megabyte, .length = length},
                    {.fd = b.get(), .seed = 2, .file_offset = 5, .length = 300, .buffer_offset = length});
        expect_both({.fd = a.get(), .seed = 1, .file_offset = megabyte, .length = length},
                    {.fd = b.get(), .seed = 2, .length = 1, .buffer_offset = length + 7});
    }
}

// Both read in the same way, at the next place that the alignment allows.
TEST_P(RangesTailTest, NextBlockIsANeighbours)
{
    const TemporaryFile file(folder(), 16 * megabyte);
    const UniqueFd fd = open(file);
    const std::uint64_t unit = alignment(fd.get());
    for (const std::uint64_t length : sizes)
        expect_both(
            {.fd = fd.get(), .file_offset = megabyte, .length = length},
            {.fd = fd.get(), .file_offset = unit, .length = length, .buffer_offset = round_up(length, unit)});
}

// One ends in the middle of a page, the next begins 512 bytes later.
TEST_P(RangesTailTest, TwoRangesInAPage)
{
    const TemporaryFile first(folder(), 3 * megabyte, 1);
    const TemporaryFile second(folder(), 3 * megabyte, 2);
    const UniqueFd a = open(first);
    const UniqueFd b = open(second);
    const UniqueFd b_buffered = second.open(O_RDONLY);
    for (const std::uint64_t length : {std::uint64_t{1536}, megabyte + 1024, 2 * megabyte + 2000}) {
        expect_both(
            {.fd = a.get(), .seed = 1, .length = length},
            {.fd = b_buffered.get(), .seed = 2, .length = megabyte + 1, .buffer_offset = length + 512});
        if (512 % alignment(b.get()) == 0)
            expect_both({.fd = a.get(), .seed = 1, .length = length / 512 * 512},
                        {.fd = b.get(),
                         .seed = 2,
                         .length = megabyte + 1,
                         .buffer_offset = length / 512 * 512 + 512});
    }
}

// Three in a row, each ending within a block, the middle one shorter than one.
TEST_P(RangesTailTest, NeighboursOnBothSides)
{
    const TemporaryFile first(folder(), 3 * megabyte, 1);
    const TemporaryFile second(folder(), megabyte, 2);
    const UniqueFd direct = open(first);
    const UniqueFd buffered = second.open(O_RDONLY);
    const std::uint64_t unit = alignment(direct.get());
    const Piece before{.fd = buffered.get(), .seed = 2, .file_offset = 9, .length = 4096};
    const Piece middle{
        .fd = direct.get(), .seed = 1, .file_offset = unit, .length = 100, .buffer_offset = 4096};
    const Piece after{
        .fd = buffered.get(), .seed = 2, .file_offset = 1, .length = 9000, .buffer_offset = 4196};
    expect_loaded({before, middle, after});
    expect_loaded({after, before, middle});
    expect_loaded({middle, after, before});
}

TEST_P(RangesTailTest, DirectAndBufferedMixed)
{
    const TemporaryFile file(folder(), 20 * megabyte + 10);
    const UniqueFd direct = file.open(O_RDONLY | O_DIRECT);
    const UniqueFd buffered = file.open(O_RDONLY);
    const std::uint64_t unit = direct_alignment(direct.get());
    expect_loaded({{.fd = direct.get(), .length = 10 * megabyte + 1},
                   {.fd = buffered.get(),
                    .file_offset = 3,
                    .length = 9 * megabyte + 3,
                    .buffer_offset = 10 * megabyte + 1},
                   {.fd = direct.get(),
                    .file_offset = 16 * megabyte,
                    .length = 4 * megabyte + 10,
                    .buffer_offset = 20 * megabyte},
                   {.fd = buffered.get(),
                    .file_offset = 20 * megabyte + 9,
                    .length = 1,
                    .buffer_offset = 25 * megabyte + unit}});
}

TEST_P(RangesTailTest, UnalignedDirectRangesAreRefused)
{
    const TemporaryFile file(folder(), megabyte);
    const UniqueFd fd = open(file);
    const std::uint64_t unit = alignment(fd.get());
    const UniqueFd buffered = file.open(O_RDONLY);
    for (const std::uint64_t offset : {std::uint64_t{1}, unit / 2, unit - 1, unit + 1, 64 * kilobyte + 1}) {
        const bool fine = offset % unit == 0;
        SCOPED_TRACE(std::to_string(offset) + ", alignment " + std::to_string(unit));
        const Errno expected{fine ? 0 : EINVAL};
        EXPECT_EQ(read_ranges(heap(), {.ranges = {range(fd.get(), offset, unit, 0)}}).error, expected);
        EXPECT_EQ(read_ranges(heap(), {.ranges = {range(fd.get(), 0, unit, offset)}}).error, expected);
        EXPECT_EQ(read_ranges(heap(), {.ranges = {range(buffered.get(), 0, 100, 0),
                                                  range(fd.get(), offset, unit, 2 * megabyte)}})
                      .error,
                  expected);
        expect_loaded(
            {{.fd = buffered.get(), .file_offset = offset, .length = 100, .buffer_offset = offset}});
    }
}

INSTANTIATE_TEST_SUITE_P(Disks, RangesTailTest, ::testing::ValuesIn(disk_places()), place_name);

}  // namespace
}  // namespace contract
