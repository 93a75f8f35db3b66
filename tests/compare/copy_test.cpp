// SPDX-License-Identifier: Apache-2.0
// copy_file_range(2) from a file to a buffer of the system heap.
#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/fixture.hpp"
#include "support/planted.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

constexpr std::byte mark{0x5C};

/// Every byte of the buffer is marked before anything is copied, and those
/// outside of what was copied still are in the end.
class CopyTest : public PlaceTest {
protected:
    void SetUp() override
    {
        PlaceTest::SetUp();
        if (IsSkipped())
            return;
        mark_buffer();
    }
    void TearDown() override
    {
        target_.reset();
        PlaceTest::TearDown();
    }

    /// A new buffer, all of it marked.
    void mark_buffer()
    {
        target_ = alloc(heap(), buffer_size).dmabuf;
        const std::vector<std::byte> marks(buffer_size, mark);
        ASSERT_EQ(::write(target_.get(), marks.data(), marks.size()), static_cast<ssize_t>(marks.size()));
    }

    ssize_t copy(int source, std::uint64_t from, std::uint64_t to, std::size_t length) const
    {
        auto in = static_cast<off_t>(from);
        auto out = static_cast<off_t>(to);
        return ::copy_file_range(source, &in, target_.get(), &out, length, 0);
    }

    [[nodiscard]] ::testing::AssertionResult holds_only(std::uint64_t from, std::uint64_t to,
                                                        std::uint64_t length) const
    {
        const View view(target_.get());
        const auto marked = [](std::span<const std::byte> bytes) {
            return std::ranges::all_of(bytes, [](std::byte b) { return b == mark; });
        };
        if (!marked(view.bytes().first(to)))
            return ::testing::AssertionFailure() << "something before the copy has changed";
        if (!marked(view.bytes().subspan(to + length)))
            return ::testing::AssertionFailure() << "something behind the copy has changed";
        if (const auto at = dmaload::pattern::first_difference(view.bytes().subspan(to, length), from, 1))
            return ::testing::AssertionFailure() << "byte " << *at << " of the file is not there";
        return ::testing::AssertionSuccess();
    }

    static constexpr std::uint64_t buffer_size = 24 * megabyte;
    UniqueFd target_;
};

constexpr std::uint64_t sizes[] = {1, 511, 513, 4095, 4097, megabyte + 4000, 8 * megabyte + 100};
constexpr std::uint64_t places[] = {0, 64 * kilobyte, 5 * megabyte + 4096};

// What is on the disk behind the end of the file must not get into the buffer.
TEST_P(CopyTest, ChangesNothingBehindTheEndOfTheFile)
{
    for (const std::uint64_t size : sizes) {
        SCOPED_TRACE(std::to_string(size) + " bytes");
        mark_buffer();
        const PlantedFile file(folder(), size);
        const UniqueFd source = open(file.file());
        EXPECT_EQ(copy(source.get(), 0, places[1], buffer_size - places[1]), static_cast<ssize_t>(size));
        EXPECT_TRUE(holds_only(0, places[1], size));
    }
}

TEST_P(CopyTest, ChangesNothingAroundAPartOfTheFile)
{
    const TemporaryFile file(folder(), 16 * megabyte);
    const UniqueFd source = open(file);
    for (const std::uint64_t place : places) {
        for (const std::uint64_t length : sizes) {
            SCOPED_TRACE(std::to_string(length) + " bytes to " + std::to_string(place));
            mark_buffer();
            EXPECT_EQ(copy(source.get(), megabyte, place, length), static_cast<ssize_t>(length));
            EXPECT_TRUE(holds_only(megabyte, place, length));
        }
    }
}

// The heap remembers where it was.
TEST_P(CopyTest, GoesToPlacesInAnyOrder)
{
    const TemporaryFile file(folder(), 16 * megabyte);
    const UniqueFd source = open(file);
    for (const std::uint64_t offset : {12, 3, 15, 0, 7, 4, 1, 2, 14, 13, 5, 6, 11, 9, 10, 8})
        EXPECT_EQ(copy(source.get(), offset * megabyte, (offset + 4) * megabyte, megabyte),
                  static_cast<ssize_t>(megabyte));
    EXPECT_TRUE(holds_only(0, 4 * megabyte, 16 * megabyte));
}

TEST_P(CopyTest, EndsWithFileAndBuffer)
{
    const TemporaryFile file(folder(), 2 * megabyte);
    const UniqueFd source = open(file);
    EXPECT_EQ(copy(source.get(), 0, buffer_size - megabyte, 2 * megabyte), static_cast<ssize_t>(megabyte));
    EXPECT_TRUE(holds_only(0, buffer_size - megabyte, megabyte));
    EXPECT_EQ(copy(source.get(), 2 * megabyte, 0, 100), 0);
    EXPECT_EQ(copy(source.get(), 0, buffer_size, 100), -1);
    EXPECT_EQ(Errno{errno}, Errno{ENOSPC});
}

TEST_P(CopyTest, UnalignedDirectReadsAreRefused)
{
    const TemporaryFile file(folder(), megabyte);
    const UniqueFd source = open(file);
    const std::uint64_t unit = GetParam().direct ? direct_alignment(source.get()) : 1;
    for (const std::uint64_t offset : {std::uint64_t{1}, unit / 2, unit + 1}) {
        const bool fine = offset % unit == 0;
        EXPECT_EQ(copy(source.get(), offset, 0, unit), fine ? static_cast<ssize_t>(unit) : -1);
        if (!fine) {
            EXPECT_EQ(Errno{errno}, Errno{EINVAL});
        }
    }
}

TEST_P(CopyTest, TakesOnlyRegularFilesThatCanBeRead)
{
    const TemporaryFile file(folder(), megabyte);
    const UniqueFd unreadable = file.open(O_WRONLY);
    EXPECT_EQ(copy(unreadable.get(), 0, 0, 100), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    const UniqueFd zeros = open_file("/dev/zero", O_RDONLY);
    EXPECT_EQ(copy(zeros.get(), 0, 0, 100), -1);
    EXPECT_EQ(Errno{errno}, Errno{EINVAL});
    const UniqueFd directory = open_file(folder(), O_RDONLY);
    EXPECT_EQ(copy(directory.get(), 0, 0, 100), -1);
    EXPECT_EQ(Errno{errno}, Errno{EISDIR});
    EXPECT_EQ(copy(target_.get(), 0, megabyte, 100), -1);
    EXPECT_EQ(Errno{errno}, Errno{EINVAL});
    EXPECT_TRUE(holds_only(0, 0, 0));
}

INSTANTIATE_TEST_SUITE_P(Disks, CopyTest, ::testing::ValuesIn(disk_places()), place_name);

}  // namespace
}  // namespace contract
