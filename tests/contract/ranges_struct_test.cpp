// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: the struct is versioned by its size, and the
// result is written to it or nothing is installed.
#include <cerrno>
#include <cstddef>

#include <sys/ioctl.h>
#include <sys/mman.h>

#include "support/protected_page.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

class RangesStructTest : public RangesTest {
protected:
    static constexpr std::uint64_t size = 3 * megabyte + 1;

    void SetUp() override
    {
        RangesTest::SetUp();
        file_.emplace("/dev/shm", size);
        fd_ = file_->open(O_RDONLY);
    }
    void TearDown() override
    {
        fd_.reset();
        file_.reset();
        RangesTest::TearDown();
    }
    [[nodiscard]] RangesRequest request() const { return {.ranges = {range(fd_.get(), 0, size, 0)}}; }

private:
    std::optional<TemporaryFile> file_;
    UniqueFd fd_;
};

constexpr std::size_t known = sizeof(dma_heap_allocate_read_data);

TEST_F(RangesStructTest, LayoutIsTheSameEverywhere)
{
    static_assert(sizeof(dma_heap_read_range) == 32);
    static_assert(known == 48);
    static_assert(offsetof(dma_heap_allocate_read_data, fd) == 32);
    EXPECT_EQ(DMA_HEAP_IOCTL_ALLOC_READ, 0xC0304801UL);
}

TEST_F(RangesStructTest, LargerStructWithZerosBehind)
{
    // The second does not fit into what the kernel has on its stack.
    for (const std::size_t more : {8U, 200U, 4000U}) {
        RangesRequest larger = request();
        larger.size = known + more;
        const RangesOutcome loaded = read_ranges(heap(), larger);
        ASSERT_EQ(loaded.error, Errno{}) << more;
        EXPECT_EQ(loaded.bytes_read, size);
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
}

TEST_F(RangesStructTest, UnknownTailIsE2big)
{
    for (const std::size_t more : {1U, 8U, 200U, 4000U}) {
        RangesRequest larger = request();
        larger.size = known + more;
        for (const std::size_t place : {std::size_t{0}, more / 2, more - 1}) {
            larger.tail.assign(place, std::byte{});
            larger.tail.push_back(std::byte{1});
            EXPECT_EQ(error_of(larger), Errno{E2BIG}) << "byte " << place << " of " << more;
        }
    }
}

// What is installed would be nobody's; the fixture looks for it too.
TEST_F(RangesStructTest, StructShorterThanTheFirstVersionGetsNothing)
{
    for (const std::size_t shorter_size :
         {std::size_t{0}, std::size_t{4}, std::size_t{24}, offsetof(dma_heap_allocate_read_data, fd),
          offsetof(dma_heap_allocate_read_data, bytes_read), known - 1}) {
        RangesRequest shorter = request();
        shorter.size = shorter_size;
        const auto fds = open_fds();
        EXPECT_EQ(error_of(shorter), Errno{EINVAL}) << shorter_size;
        EXPECT_EQ(open_fds(), fds) << shorter_size;
    }
}

TEST_F(RangesStructTest, CommandThatDoesNotCopyBothWaysGetsNothing)
{
    for (const unsigned int direction : {_IOC_NONE, _IOC_READ, _IOC_WRITE}) {
        RangesRequest one_way = request();
        one_way.direction = direction;
        const auto fds = open_fds();
        EXPECT_EQ(error_of(one_way), Errno{EINVAL}) << direction;
        EXPECT_EQ(open_fds(), fds) << direction;
    }
}

TEST_F(RangesStructTest, ResultFieldsNeedNotBeZero)
{
    RangesRequest used = request();
    used.fd = 12345;
    used.bytes_read = 99;
    const RangesOutcome loaded = read_ranges(heap(), used);
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(loaded.bytes_read, size);
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

TEST_F(RangesStructTest, DescriptorHasTheFlagsAskedFor)
{
    for (const int access : {O_RDONLY, O_WRONLY, O_RDWR})
        for (const int cloexec : {0, O_CLOEXEC}) {
            RangesRequest flags = request();
            flags.fd_flags = static_cast<std::uint32_t>(access | cloexec);
            const RangesOutcome loaded = read_ranges(heap(), flags);
            ASSERT_EQ(loaded.error, Errno{});
            EXPECT_EQ(::fcntl(loaded.dmabuf.get(), F_GETFL) & O_ACCMODE, access);
            EXPECT_EQ(::fcntl(loaded.dmabuf.get(), F_GETFD), cloexec != 0 ? FD_CLOEXEC : 0);
        }
}

TEST_F(RangesStructTest, ReadOnlyStructIsEfaultAndLeaksNothing)
{
    const RangesRequest wanted = request();
    dma_heap_allocate_read_data data{};
    data.ranges = reinterpret_cast<std::uintptr_t>(wanted.ranges.data());
    data.nr_ranges = 1;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    const ProtectedPage page;
    page.hold(&data, sizeof(data));
    page.protect(PROT_READ);
    const int number = next_fd();
    const MemoryWatch memory;
    for (int i = 0; i < 25; ++i) {
        ASSERT_EQ(::ioctl(heap(), DMA_HEAP_IOCTL_ALLOC_READ, page.address()), -1);
        ASSERT_EQ(Errno{errno}, Errno{EFAULT});
        ASSERT_EQ(next_fd(), number) << "the descriptor stayed reserved";
    }
    EXPECT_TRUE(dmabufs_are_gone());
    EXPECT_TRUE(memory.returned());

    page.protect(PROT_NONE);
    EXPECT_EQ(::ioctl(heap(), DMA_HEAP_IOCTL_ALLOC_READ, page.address()), -1);
    EXPECT_EQ(Errno{errno}, Errno{EFAULT});
}

}  // namespace
}  // namespace contract
