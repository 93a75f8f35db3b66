// SPDX-License-Identifier: Apache-2.0
// A caller whose memory does not answer: the call waits, as any would, holds
// nobody else up, and can be killed wherever it waits.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <span>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/ranges.hpp"
#include "support/stalled_call.hpp"
#include "support/stalled_memory.hpp"

namespace hostile {
namespace {

using contract::megabyte;
using contract::UniqueFd;

constexpr std::uint64_t size = 3 * megabyte + 77;
// More than a page of ranges: the copy stalls again and again.
constexpr std::uint32_t many = 300;

template <class T>
std::span<const std::byte> bytes_of(const T& value)
{
    return std::as_bytes(std::span(&value, 1));
}

class StalledPointerTest : public contract::RangesTest {
protected:
    void SetUp() override
    {
        RangesTest::SetUp();
        if (IsSkipped())
            return;
        if (const std::string reason = StalledMemory::why_not(StalledMemory::On::write); !reason.empty())
            GTEST_SKIP() << reason;
        file_.emplace("/dev/shm", size);
        fd_ = file_->open(O_RDONLY);
        flag_.file_fd = fd_.get();
        flag_.fd_flags = O_RDWR | O_CLOEXEC;
        flag_.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
        for (std::uint32_t i = 0; i < many; ++i)
            ranges_.push_back(contract::range(fd_.get(), i, 4096, i * 4096ULL));
        data_.nr_ranges = many;
        data_.fd_flags = O_RDWR | O_CLOEXEC;
    }
    void TearDown() override
    {
        fd_.reset();
        file_.reset();
        RangesTest::TearDown();
    }

    [[nodiscard]] std::span<const std::byte> ranges() const { return std::as_bytes(std::span(ranges_)); }

    /// Makes the call, while a thread answers late for what the call waits for.
    contract::Errno call_with_late_answers(unsigned long command, void* argument, StalledMemory& stalled)
    {
        std::atomic<bool> done{false};
        std::thread server([&] {
            while (!done)
                if (stalled.stalls(std::chrono::milliseconds(20))) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(30));
                    stalled.answer();
                    ++answers_;
                }
        });
        const contract::Errno error{::ioctl(heap(), command, argument) < 0 ? errno : 0};
        done = true;
        server.join();
        return error;
    }
    [[nodiscard]] int answers() const { return answers_; }

    /// Kills a call that stands still, and looks what is left of it.
    void kill(StalledCall& call)
    {
        ASSERT_TRUE(call.stalls());
        EXPECT_FALSE(call.child().ended());
        // It holds nobody up meanwhile.
        EXPECT_EQ(load(fd_.get()).error, contract::Errno{});
        call.child().signal(SIGKILL);
        const auto status = call.child().wait();
        ASSERT_TRUE(status) << "a call that waits for its caller's memory cannot be killed";
        EXPECT_TRUE(WIFSIGNALED(*status));
        EXPECT_TRUE(dmabufs_are_gone());
    }

    std::optional<contract::TemporaryFile> file_;
    UniqueFd fd_;
    dma_heap_allocation_data flag_{};
    dma_heap_allocate_read_data data_{};
    std::vector<contract::Range> ranges_;

private:
    std::atomic<int> answers_{0};
};

TEST_F(StalledPointerTest, StructThatIsThereLate)
{
    StalledMemory stalled(bytes_of(flag_), StalledMemory::On::read);
    ASSERT_EQ(call_with_late_answers(DMA_HEAP_IOCTL_ALLOC, stalled.address(), stalled), contract::Errno{});
    EXPECT_EQ(answers(), 1);
    std::memcpy(&flag_, stalled.address(), sizeof(flag_));
    const UniqueFd dmabuf(static_cast<int>(flag_.fd));
    EXPECT_TRUE(contract::holds_pattern(dmabuf.get(), size, 1));
}

TEST_F(StalledPointerTest, StructThatCanBeWrittenLate)
{
    StalledMemory stalled(bytes_of(flag_), StalledMemory::On::write);
    ASSERT_EQ(call_with_late_answers(DMA_HEAP_IOCTL_ALLOC, stalled.address(), stalled), contract::Errno{});
    EXPECT_EQ(answers(), 1);
    std::memcpy(&flag_, stalled.address(), sizeof(flag_));
    const UniqueFd dmabuf(static_cast<int>(flag_.fd));
    EXPECT_TRUE(contract::holds_pattern(dmabuf.get(), size, 1));
}

TEST_F(StalledPointerTest, RangesThatAreThereLate)
{
    StalledMemory stalled(ranges(), StalledMemory::On::read);
    data_.ranges = reinterpret_cast<std::uintptr_t>(stalled.address());
    ASSERT_EQ(call_with_late_answers(DMA_HEAP_IOCTL_ALLOC_READ, &data_, stalled), contract::Errno{});
    EXPECT_EQ(answers(), 3) << "pages that the ranges are on";
    const UniqueFd dmabuf(static_cast<int>(data_.fd));
    std::vector<contract::Piece> pieces;
    for (std::uint32_t i = 0; i < many; ++i)
        pieces.push_back({.file_offset = i, .length = 4096, .buffer_offset = i * 4096ULL});
    EXPECT_TRUE(contract::holds_pieces(dmabuf.get(), pieces, many * 4096ULL));
}

TEST_F(StalledPointerTest, KilledWhileTheStructIsRead)
{
    StalledCall call(heap(), DMA_HEAP_IOCTL_ALLOC, bytes_of(flag_), StalledMemory::On::read);
    kill(call);
}

TEST_F(StalledPointerTest, KilledWhileTheRangesAreRead)
{
    StalledCall call(heap(), DMA_HEAP_IOCTL_ALLOC_READ, bytes_of(data_), StalledMemory::On::read, ranges());
    kill(call);
}

// The buffer is complete and nobody's: it must go with its caller.
TEST_F(StalledPointerTest, KilledWhileTheResultIsWritten)
{
    const auto before = contract::count_dmabufs();
    const contract::MemoryWatch memory;
    for (int round = 0; round < 10; ++round) {
        StalledCall call(heap(), DMA_HEAP_IOCTL_ALLOC, bytes_of(flag_), StalledMemory::On::write);
        ASSERT_TRUE(call.stalls());
        if (before) {
            EXPECT_EQ(contract::count_dmabufs(), *before + 1) << "the call does not stand where it should";
        }
        kill(call);
    }
    EXPECT_TRUE(memory.returned());
}

}  // namespace
}  // namespace hostile
