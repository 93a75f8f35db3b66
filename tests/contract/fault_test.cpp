// SPDX-License-Identifier: Apache-2.0
// Contract, rule 6: reads that fail or come back short, synchronous (FUSE) and
// asynchronous (a block device).
#include <cerrno>

#include <fcntl.h>

#include "support/fixture.hpp"
#include "support/fuse_file.hpp"

namespace contract {
namespace {

constexpr std::uint64_t size = 24 * megabyte;

class FaultTest : public ContractTest, public ::testing::WithParamInterface<bool> {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        auto file = FuseFile::make(size, 1);
        if (!file)
            GTEST_SKIP() << file.error();
        file_ = std::move(*file);
    }
    void TearDown() override
    {
        file_.reset();
        ContractTest::TearDown();
    }
    static int flags() { return O_RDONLY | (GetParam() ? O_DIRECT : 0); }
    [[nodiscard]] FuseFile& file() const { return *file_; }

private:
    std::unique_ptr<FuseFile> file_;
};

TEST_P(FaultTest, FuseFileLoads)
{
    const UniqueFd fd = open_file(file().path(), flags());
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

// Where each batch begins, in the middle of one, in the last block.
constexpr std::uint64_t places[] = {0, 4096, 8 * megabyte, 9 * megabyte + 4096, size - 4096};

TEST_P(FaultTest, ErrorOfAFuseServerIsReturned)
{
    const UniqueFd fd = open_file(file().path(), flags());
    for (const std::uint64_t place : places) {
        forget_pages(file().path());
        file().fail_from(place, EIO);
        EXPECT_EQ(load(fd.get()).error, Errno{EIO}) << "from byte " << place;
    }
}

// A server may need space or a quota for what it fetches, and it may have lost the file.
TEST_P(FaultTest, WhateverErrorReadGivesIsReturned)
{
    const UniqueFd fd = open_file(file().path(), flags());
    for (const int error : {ENOSPC, EDQUOT, ESTALE})
        for (const std::uint64_t place : {std::uint64_t{4096}, 9 * megabyte + 4096}) {
            file().fail_from(place, error);
            forget_pages(file().path());
            ASSERT_EQ(error_of_read(fd.get(), place), Errno{error}) << "of read(2), from byte " << place;
            forget_pages(file().path());
            EXPECT_EQ(load(fd.get()).error, Errno{error}) << "from byte " << place;
            EXPECT_TRUE(dmabufs_are_gone());
        }
}

TEST_P(FaultTest, ShortReadOfAFuseFileIsAnError)
{
    for (const std::uint64_t place : places) {
        // A new one each time: FUSE takes a short answer for the file's new end.
        auto shrinking = FuseFile::make(size, 1);
        ASSERT_TRUE(shrinking) << shrinking.error();
        const UniqueFd fd = open_file((*shrinking)->path(), flags());
        (*shrinking)->end_at(place + 100);
        EXPECT_EQ(load(fd.get()).error, Errno{EIO}) << "at byte " << place + 100;
    }
}

TEST_P(FaultTest, ErrorOfABlockDeviceIsReturnedAndLeaksNothing)
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
            EXPECT_EQ(load(fd.get()).error, Errno{EIO}) << "from byte " << place;
            EXPECT_TRUE(dmabufs_are_gone());
        }
    EXPECT_TRUE(memory.returned());

    // Nothing of it sticks.
    file().fail_from(UINT64_MAX, 0);
    drop_caches();
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

INSTANTIATE_TEST_SUITE_P(All, FaultTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "direct" : "buffered"; });

}  // namespace
}  // namespace contract
