// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: whatever goes wrong while ranges are read, the
// error is returned, and nothing is installed or kept.
#include <cerrno>

#include <unistd.h>

#include "support/fuse_file.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

constexpr std::uint64_t size = 12 * megabyte;

class RangesFaultTest : public RangesTest, public ::testing::WithParamInterface<bool> {
protected:
    void SetUp() override
    {
        RangesTest::SetUp();
        if (IsSkipped())
            return;
        auto file = FuseFile::make(size, 1);
        if (!file)
            GTEST_SKIP() << file.error();
        file_ = std::move(*file);
        good_.emplace("/dev/shm", 3 * megabyte, 2);
        good_fd_ = good_->open(O_RDONLY);
    }
    void TearDown() override
    {
        good_fd_.reset();
        good_.reset();
        file_.reset();
        RangesTest::TearDown();
    }
    static int flags() { return O_RDONLY | (GetParam() ? O_DIRECT : 0); }
    [[nodiscard]] FuseFile& file() const { return *file_; }
    /// A range of a sound file, one of the other, one of the sound file again.
    [[nodiscard]] std::vector<Piece> pieces(int fd) const
    {
        return {{.fd = good_fd_.get(), .seed = 2, .length = 2 * megabyte},
                {.fd = fd, .seed = 1, .length = size, .buffer_offset = 2 * megabyte},
                {.fd = good_fd_.get(), .seed = 2, .length = 3 * megabyte, .buffer_offset = 16 * megabyte}};
    }
    [[nodiscard]] Errno load_pieces(int fd) const { return error_of(request_for(pieces(fd))); }

private:
    std::unique_ptr<FuseFile> file_;
    std::optional<TemporaryFile> good_;
    UniqueFd good_fd_;
};

constexpr std::uint64_t places[] = {0, 4096, 9 * megabyte + 4096, size - 4096};

TEST_P(RangesFaultTest, ErrorOfAFuseServerIsReturnedAndLeaksNothing)
{
    const UniqueFd fd = open_file(file().path(), flags());
    const MemoryWatch memory;
    for (const std::uint64_t place : places) {
        forget_pages(file().path());
        file().fail_from(place, EIO);
        EXPECT_EQ(load_pieces(fd.get()), Errno{EIO}) << "from byte " << place;
        EXPECT_TRUE(dmabufs_are_gone());
    }
    EXPECT_TRUE(memory.returned());
}

TEST_P(RangesFaultTest, WhateverErrorReadGivesIsReturned)
{
    const UniqueFd fd = open_file(file().path(), flags());
    for (const int error : {ENOSPC, EDQUOT, ESTALE})
        for (const std::uint64_t place : {std::uint64_t{4096}, 9 * megabyte + 4096}) {
            file().fail_from(place, error);
            forget_pages(file().path());
            ASSERT_EQ(error_of_read(fd.get(), place), Errno{error}) << "of read(2), from byte " << place;
            forget_pages(file().path());
            EXPECT_EQ(load_pieces(fd.get()), Errno{error}) << "from byte " << place;
            EXPECT_TRUE(dmabufs_are_gone());
        }
}

TEST_P(RangesFaultTest, ErrorOfABlockDeviceIsReturnedAndLeaksNothing)
{
    const auto device = LoopDevice::over(file().path());
    if (!device)
        GTEST_SKIP() << device.error();
    const UniqueFd fd = open_file(device->path(), flags());
    const MemoryWatch memory;
    for (int round = 0; round < 2; ++round)
        for (const std::uint64_t place : places) {
            drop_caches();
            file().fail_from(place, EIO);
            EXPECT_EQ(load_pieces(fd.get()), Errno{EIO}) << "from byte " << place;
            EXPECT_TRUE(dmabufs_are_gone());
        }
    EXPECT_TRUE(memory.returned());

    // Nothing of it sticks.
    file().fail_from(UINT64_MAX, 0);
    drop_caches();
    const RangesOutcome loaded = read_ranges(heap(), request_for(pieces(fd.get())));
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pieces(loaded.dmabuf.get(), pieces(fd.get()), 19 * megabyte));
}

TEST_P(RangesFaultTest, ShortReadIsAnError)
{
    for (const std::uint64_t place : places) {
        // A new one each time: FUSE takes a short answer for the file's new end.
        auto shrinking = FuseFile::make(size, 1);
        ASSERT_TRUE(shrinking) << shrinking.error();
        const UniqueFd fd = open_file((*shrinking)->path(), flags());
        (*shrinking)->end_at(place + 100);
        EXPECT_EQ(load_pieces(fd.get()), Errno{EIO}) << "at byte " << place + 100;
    }
}

TEST_P(RangesFaultTest, RefusalsLeakNothing)
{
    const UniqueFd fd = open_file(file().path(), flags());
    const MemoryWatch memory;
    for (int i = 0; i < 25; ++i) {
        std::vector<Piece> last_is_wrong = pieces(fd.get());
        last_is_wrong.push_back({.fd = -1, .length = 1, .buffer_offset = 32 * megabyte});
        ASSERT_EQ(error_of(request_for(last_is_wrong)), Errno{EBADF});
        last_is_wrong.back() = {.fd = fd.get(), .length = 4096, .buffer_offset = 4096};
        ASSERT_EQ(error_of(request_for(last_is_wrong)), Errno{EINVAL}) << "overlap";
        ASSERT_EQ(error_of(request_for(pieces(fd.get()), megabyte)), Errno{EINVAL}) << "small buffer";
        ASSERT_EQ(error_of(request_for(pieces(fd.get()), 1ULL << 45)), Errno{ENOMEM});
    }
    EXPECT_TRUE(memory.returned());
    EXPECT_TRUE(dmabufs_are_gone());
}

INSTANTIATE_TEST_SUITE_P(All, RangesFaultTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "direct" : "buffered"; });

}  // namespace
}  // namespace contract
