// SPDX-License-Identifier: Apache-2.0
// Contract, rule 6: files that change while they are loaded. In tests/contract
// that comes at some moment; here the disk is so late that it comes in the
// middle. What counts is the size that a file has when the call begins: the flag
// takes all of it, and a range must lie within it.
//
// ENOSPC and quotas do not meet a load from a disk: a read allocates no block and
// no inode. What comes close is a full disk, in filesystem_state_test.cpp; a
// server may give such an error all the same, in tests/contract (FaultTest).
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "faulty_disk.hpp"
#include "small_batches.hpp"

namespace faults {
namespace {

constexpr std::uint64_t kilobyte = contract::kilobyte;
constexpr std::uint64_t size = SmallBatches::several_windows;

std::vector<std::byte> pattern(std::uint64_t seed)
{
    std::vector<std::byte> bytes(size);
    dmaload::pattern::fill(bytes, 0, seed);
    return bytes;
}

/// The first byte that the file never held there. Nearly all blocks are as one of the two, and a byte at a
/// time takes seconds where every instruction is emulated.
std::optional<std::size_t> first_of_neither(std::span<const std::byte> bytes,
                                            std::span<const std::byte> before,
                                            std::span<const std::byte> after)
{
    constexpr std::size_t block = 4 * kilobyte;
    for (std::size_t begin = 0; begin < bytes.size(); begin += block) {
        const std::size_t end = std::min(bytes.size(), begin + block);
        const auto is = [&](std::span<const std::byte> held) {
            return std::memcmp(&bytes[begin], &held[begin], end - begin) == 0;
        };
        if (is(before) || is(after))
            continue;
        for (std::size_t i = begin; i < end; ++i)
            if (bytes[i] != before[i] && bytes[i] != after[i])
                return i;
    }
    return std::nullopt;
}

/// Whether each byte in a buffer is one that the file had at that place, before or after the change.
::testing::AssertionResult holds_either(Load& load, std::span<const std::byte> before,
                                        std::span<const std::byte> after)
{
    const contract::UniqueFd dmabuf = load.take();
    const contract::View view(dmabuf.get());
    if (view.bytes().size() != load.buffer_size())
        return ::testing::AssertionFailure() << "the dma-buf has " << view.bytes().size() << " bytes";
    std::uint64_t end = 0;
    for (const contract::Piece& piece : load.pieces()) {
        const auto gap = view.bytes().subspan(end, piece.buffer_offset - end);
        if (dmaload::pattern::first_nonzero(gap, end))
            return ::testing::AssertionFailure() << "the gap at " << end << " is not zero";
        end = piece.buffer_offset + piece.length;
        const auto bytes = view.bytes().subspan(piece.buffer_offset, piece.length);
        if (const auto where = first_of_neither(bytes, before.subspan(piece.file_offset, piece.length),
                                                after.subspan(piece.file_offset, piece.length)))
            return ::testing::AssertionFailure()
                   << "the file never held what byte " << piece.file_offset + *where << " is";
    }
    if (dmaload::pattern::first_nonzero(view.bytes().subspan(end), end))
        return ::testing::AssertionFailure() << "what is behind the last byte is not zero";
    return ::testing::AssertionSuccess();
}

class FileChangeTest : public FaultyDiskTest {
protected:
    /// Loads the file while \p change happens; the error is the load's.
    [[nodiscard]] contract::Errno change(const contract::TemporaryFile& file,
                                         const std::function<void()>& change,
                                         const Check& check = &Load::take_and_compare) const
    {
        const Condition late(disk(), disk().late(std::chrono::milliseconds(200)));
        return load(file, {reads_wait, change}, check);
    }

    [[nodiscard]] static std::uint64_t free_inodes()
    {
        struct statvfs status{};
        if (::statvfs(disk().folder().c_str(), &status) != 0)
            contract::throw_errno("statvfs");
        return status.f_ffree;
    }

private:
    SmallBatches small_;
};

TEST_P(FileChangeTest, UnlinkedIsLoadedAndThenGone)
{
    const std::uint64_t before = free_inodes();
    const contract::TemporaryFile file(disk().folder(), size);
    EXPECT_EQ(change(file, [&] { EXPECT_EQ(::unlink(file.path().c_str()), 0); }), contract::Errno{});
    EXPECT_TRUE(contract::eventually([&] { return free_inodes() == before; })) << "somebody has it open";
}

TEST_P(FileChangeTest, BytesOfAHoleAreOldOrZero)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const contract::UniqueFd writer = file.open(O_WRONLY);
    const std::vector<std::byte> before = pattern(1);
    std::vector<std::byte> after = before;
    // The holes begin and end within blocks, too.
    constexpr std::uint64_t holes[] = {64 * kilobyte, 400 * kilobyte + 100, 800 * kilobyte + 3,
                                       1179 * kilobyte};
    constexpr std::uint64_t length = 95 * kilobyte + 50;
    for (const std::uint64_t hole : holes)
        std::ranges::fill(std::span(after).subspan(hole, length), std::byte{});
    const auto punch = [&] {
        for (const std::uint64_t hole : holes)
            EXPECT_EQ(::fallocate(writer.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                  static_cast<off_t>(hole), length),
                      0);
    };
    EXPECT_EQ(change(file, punch, [&](Load& load) { return holds_either(load, before, after); }),
              contract::Errno{});
}

TEST_P(FileChangeTest, TruncatedIsAnErrorOrTheOldContentInFull)
{
    for (const off_t rest : {off_t{5000}, off_t{1205 * kilobyte + 1}}) {
        const contract::TemporaryFile file(disk().folder(), size);
        const contract::Errno error =
            change(file, [&] { EXPECT_EQ(::truncate(file.path().c_str(), rest), 0); });
        EXPECT_TRUE(error == contract::Errno{} || error == contract::Errno{EIO}) << error;
        std::printf("    %-32s cut to %ld bytes: %s\n", GetParam().name().c_str(), static_cast<long>(rest),
                    error == contract::Errno{} ? "old content" : "error");
        // The last range is beyond the end now; for the flag it is a smaller file.
        if (GetParam().form == Form::ranges) {
            EXPECT_EQ(load(file), contract::Errno{EINVAL});
        } else {
            EXPECT_EQ(load(Source(file.path(), static_cast<std::uint64_t>(rest))), contract::Errno{});
        }
    }
}

TEST_P(FileChangeTest, GrownShowsNothingOfWhatIsNew)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const contract::UniqueFd writer = file.open(O_WRONLY | O_APPEND);
    const std::vector<std::byte> more(100 * kilobyte, std::byte{0xEE});
    const auto append = [&] {
        EXPECT_EQ(::write(writer.get(), more.data(), more.size()), static_cast<ssize_t>(more.size()));
        EXPECT_EQ(::fsync(writer.get()), 0);
    };
    EXPECT_EQ(change(file, append), contract::Errno{});
}

TEST_P(FileChangeTest, OverwrittenBytesAreOldOrNew)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const std::vector<std::byte> before = pattern(1);
    const std::vector<std::byte> after = pattern(2);
    EXPECT_EQ(change(
                  file, [&] { contract::write_pattern(file.path(), size, 2); },
                  [&](Load& load) { return holds_either(load, before, after); }),
              contract::Errno{});
}

INSTANTIATE_TEST_SUITE_P(All, FileChangeTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
