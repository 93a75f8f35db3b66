// SPDX-License-Identifier: Apache-2.0
#include <dmaload/cpu_access.hpp>

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

#include <cerrno>
#include <deque>
#include <vector>

#include <dmaload/mapping.hpp>
#include <dmaload/syscalls.hpp>

namespace dmaload {
namespace {

/// Answers each ioctl from a list of errno values (0: success) and notes its flags.
class Recorder : public Syscalls {
public:
    std::deque<int> answers;
    std::vector<std::uint64_t> flags;

    int ioctl(int, unsigned long request, void* argument) override
    {
        EXPECT_EQ(request, DMA_BUF_IOCTL_SYNC);
        flags.push_back(static_cast<dma_buf_sync*>(argument)->flags);
        int code = 0;
        if (!answers.empty()) {
            code = answers.front();
            answers.pop_front();
        }
        errno = code;
        return code == 0 ? 0 : -1;
    }
};

class CpuAccessTest : public testing::Test {
protected:
    Recorder recorder;
    ScopedSyscalls scope{recorder};
};

constexpr std::uint64_t start_read = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ;
constexpr std::uint64_t end_read = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;

TEST_F(CpuAccessTest, BracketsTheAccess)
{
    {
        const auto access = CpuAccess::begin(0, CpuAccess::Kind::read);
        ASSERT_TRUE(access);
        EXPECT_EQ(recorder.flags, (std::vector{start_read}));
    }
    EXPECT_EQ(recorder.flags, (std::vector{start_read, end_read}));
}

TEST_F(CpuAccessTest, EndsOnce)
{
    {
        auto access = CpuAccess::begin(0, CpuAccess::Kind::read_write);
        EXPECT_TRUE(access->end());
        EXPECT_TRUE(access->end());
    }
    EXPECT_EQ(recorder.flags.size(), 2U);
    EXPECT_EQ(recorder.flags[1], DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
}

TEST_F(CpuAccessTest, TriesAgainWhenInterrupted)
{
    recorder.answers = {EINTR, EAGAIN, 0, EAGAIN, EINTR, 0};
    auto access = CpuAccess::begin(0, CpuAccess::Kind::write);
    ASSERT_TRUE(access);
    EXPECT_TRUE(access->end());
    EXPECT_EQ(recorder.flags.size(), 6U);
}

TEST_F(CpuAccessTest, ReportsFailureAndEndsNothingThatDidNotBegin)
{
    recorder.answers = {ENOTTY};
    const auto access = CpuAccess::begin(0, CpuAccess::Kind::read);
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().message(),
              "DMA_BUF_IOCTL_SYNC start of CPU access: Inappropriate ioctl for device. "
              "The descriptor is not a dma-buf.");
    EXPECT_EQ(recorder.flags.size(), 1U);
}

TEST_F(CpuAccessTest, ReportsAFailedEnd)
{
    recorder.answers = {0, EIO};
    auto access = CpuAccess::begin(0, CpuAccess::Kind::read);
    const auto ended = access->end();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, EIO);
}

TEST_F(CpuAccessTest, AMovedFromBracketEndsNothing)
{
    {
        auto access = CpuAccess::begin(0, CpuAccess::Kind::read);
        const CpuAccess other(std::move(*access));
    }
    EXPECT_EQ(recorder.flags.size(), 2U);
}

TEST(Mapping, NamesTheSizeWhenItFails)
{
    const auto mapping = Mapping::map(-1, 4096, PROT_READ);
    ASSERT_FALSE(mapping);
    EXPECT_EQ(mapping.error().message(), "mmap buffer of 4096 bytes: Bad file descriptor");
}

}  // namespace
}  // namespace dmaload
