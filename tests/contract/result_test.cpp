// SPDX-License-Identifier: Apache-2.0
// The result: where it cannot be written nothing is installed (the descriptor
// would be nobody's), and what is installed is what was asked for.
#include <cerrno>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "support/fixture.hpp"
#include "support/protected_page.hpp"

namespace contract {
namespace {

/// A request in memory that can be made read-only.
class ProtectedRequest {
public:
    explicit ProtectedRequest(int file)
    {
        dma_heap_allocation_data data{};
        data.file_fd = file;
        data.fd_flags = O_RDWR | O_CLOEXEC;
        data.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
        page_.hold(&data, sizeof(data));
    }

    void protect(int protection) const { page_.protect(protection); }
    [[nodiscard]] Errno call(int heap) const
    {
        return Errno{::ioctl(heap, DMA_HEAP_IOCTL_ALLOC, page_.address()) < 0 ? errno : 0};
    }

private:
    ProtectedPage page_;
};

class ResultTest : public PlaceTest {};

TEST_P(ResultTest, ReadOnlyStructIsEfaultAndNothingIsInstalled)
{
    for (const std::uint64_t size : {std::uint64_t{100}, 3 * megabyte + 1}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        const ProtectedRequest request(fd.get());
        request.protect(PROT_READ);
        const int number = next_fd();
        EXPECT_EQ(request.call(heap()), Errno{EFAULT});
        EXPECT_EQ(next_fd(), number) << "the descriptor stayed reserved";
        EXPECT_TRUE(dmabufs_are_gone());
    }
}

TEST_P(ResultTest, ReadOnlyStructLeaksNoMemory)
{
    const TemporaryFile file(folder(), 4 * megabyte);
    const UniqueFd fd = open(file);
    const ProtectedRequest request(fd.get());
    request.protect(PROT_READ);
    const MemoryWatch memory;
    for (int i = 0; i < 25; ++i)
        ASSERT_EQ(request.call(heap()), Errno{EFAULT});
    EXPECT_TRUE(memory.returned());
}

TEST_P(ResultTest, UnreadableStructIsEfault)
{
    const TemporaryFile file(folder(), 100);
    const UniqueFd fd = open(file);
    const ProtectedRequest request(fd.get());
    request.protect(PROT_NONE);
    EXPECT_EQ(request.call(heap()), Errno{EFAULT});
    EXPECT_EQ(::ioctl(heap(), DMA_HEAP_IOCTL_ALLOC, nullptr), -1);
    EXPECT_EQ(Errno{errno}, Errno{EFAULT});
}

TEST_P(ResultTest, DescriptorHasTheFlagsAskedFor)
{
    const TemporaryFile file(folder(), 5000);
    const UniqueFd fd = open(file);
    for (const int access : {O_RDONLY, O_WRONLY, O_RDWR}) {
        for (const int cloexec : {0, O_CLOEXEC}) {
            const auto flags = static_cast<std::uint32_t>(access | cloexec);
            const Outcome loaded = alloc_read(heap(), {.file_fd = fd.get(), .fd_flags = flags});
            ASSERT_EQ(loaded.error, Errno{}) << flags;
            EXPECT_EQ(::fcntl(loaded.dmabuf.get(), F_GETFL) & O_ACCMODE, access);
            EXPECT_EQ(::fcntl(loaded.dmabuf.get(), F_GETFD), cloexec != 0 ? FD_CLOEXEC : 0);
        }
    }
}

TEST_P(ResultTest, DescriptorIsTheLowestFreeOne)
{
    const TemporaryFile file(folder(), 5000);
    const UniqueFd fd = open(file);
    const int number = next_fd();
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(loaded.dmabuf.get(), number);
}

INSTANTIATE_TEST_SUITE_P(All, ResultTest, ::testing::ValuesIn(all_places()), place_name);

// Without the flag nothing has changed.
using PlainAllocationTest = ContractTest;

TEST_F(PlainAllocationTest, IsZeroAndPageAligned)
{
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{4096}, 3 * megabyte + 1}) {
        const Outcome buffer = alloc(heap(), size);
        ASSERT_EQ(buffer.error, Errno{});
        EXPECT_EQ(dmabuf_size(buffer.dmabuf.get()), round_up(size, page_size()));
        const View view(buffer.dmabuf.get());
        for (const std::byte byte : view.bytes())
            ASSERT_EQ(byte, std::byte{0});
    }
}

TEST_F(PlainAllocationTest, SizeIsStillSixtyFourBitsWide)
{
    EXPECT_EQ(alloc(heap(), 0).error, Errno{EINVAL});
    // Page-aligned it is 0 in 64 bits, not in the 32 where the flag has its file.
    EXPECT_EQ(alloc(heap(), UINT64_MAX).error, Errno{EINVAL});
}

}  // namespace
}  // namespace contract
