// SPDX-License-Identifier: Apache-2.0
// write(2), splice(2) and sendfile(2) to a buffer of the system heap.
#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/fixture.hpp"

namespace contract {
namespace {

class WriteTest : public ContractTest {
protected:
    [[nodiscard]] UniqueFd buffer(std::uint64_t size) const { return alloc(heap(), size).dmabuf; }
};

/// A dma-buf whose exporter does not tell its pages.
UniqueFd other_dmabuf()
{
    const UniqueFd device = open_file("/dev/udmabuf", O_RDWR | O_CLOEXEC);
    const UniqueFd memory(::memfd_create("other", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const udmabuf_create create{.memfd = static_cast<__u32>(memory.get()),
                                .flags = UDMABUF_FLAGS_CLOEXEC,
                                .offset = 0,
                                .size = page_size()};
    if (::ftruncate(memory.get(), static_cast<off_t>(page_size())) < 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0)
        throw_errno("make a memfd");
    UniqueFd dmabuf(::ioctl(device.get(), UDMABUF_CREATE, &create));
    if (!dmabuf)
        throw_errno("UDMABUF_CREATE");
    return dmabuf;
}

/// Lengths that cross pages, and the chunks of memory that the heap takes.
constexpr std::size_t steps[] = {1, 4095, 4096, 1, 65536 + 3, 100, megabyte - 7, 3 * megabyte + 11};

TEST_F(WriteTest, GoesOnWhereTheLastOneEnded)
{
    const UniqueFd target = buffer(8 * megabyte);
    std::uint64_t position = 0;
    for (const std::size_t step : steps) {
        std::vector<std::byte> bytes(step);
        dmaload::pattern::fill(bytes, position, 1);
        ASSERT_EQ(::write(target.get(), bytes.data(), step), static_cast<ssize_t>(step));
        position += step;
    }
    const View view(target.get());
    EXPECT_EQ(dmaload::pattern::first_difference(view.bytes().first(position), 0, 1), std::nullopt);
    EXPECT_EQ(dmaload::pattern::first_nonzero(view.bytes().subspan(position), position), std::nullopt);
}

TEST_F(WriteTest, EndsWithTheBuffer)
{
    const UniqueFd target = buffer(page_size());
    const std::vector<std::byte> bytes(2 * page_size(), std::byte{7});
    EXPECT_EQ(::write(target.get(), bytes.data(), 0), 0);
    EXPECT_EQ(::write(target.get(), bytes.data(), 100), 100);
    EXPECT_EQ(::write(target.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(page_size() - 100));
    EXPECT_EQ(::write(target.get(), bytes.data(), 1), -1);
    EXPECT_EQ(Errno{errno}, Errno{ENOSPC});
    const View view(target.get());
    EXPECT_TRUE(std::ranges::all_of(view.bytes(), [](std::byte b) { return b == std::byte{7}; }));
}

TEST_F(WriteTest, WritesWhatCanBeReadOfTheCallersMemory)
{
    const UniqueFd target = buffer(4 * page_size());
    void* const memory =
        ::mmap(nullptr, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    ASSERT_EQ(::munmap(static_cast<char*>(memory) + page_size(), page_size()), 0);
    EXPECT_EQ(::write(target.get(), memory, 2 * page_size()), static_cast<ssize_t>(page_size()));
    EXPECT_EQ(::write(target.get(), static_cast<char*>(memory) + page_size(), 1), -1);
    EXPECT_EQ(Errno{errno}, Errno{EFAULT});
    ::munmap(memory, page_size());
}

TEST_F(WriteTest, SendsAFileToAnyPosition)
{
    const TemporaryFile file("/dev/shm", 5 * megabyte + 1);
    const UniqueFd source = file.open(O_RDONLY);
    const UniqueFd target = buffer(8 * megabyte);
    ASSERT_EQ(::write(target.get(), "abc", 3), 3);
    off_t from = 0;
    ASSERT_EQ(::sendfile(target.get(), source.get(), &from, file.size()), static_cast<ssize_t>(file.size()));
    const View view(target.get());
    EXPECT_EQ(dmaload::pattern::first_difference(view.bytes().subspan(3, file.size()), 0, 1), std::nullopt);
    EXPECT_EQ(dmaload::pattern::first_nonzero(view.bytes().subspan(3 + file.size()), 0), std::nullopt);
}

TEST_F(WriteTest, OtherBuffersRefuse)
{
    const UniqueFd other = other_dmabuf();
    const TemporaryFile file("/dev/shm", page_size());
    const UniqueFd source = file.open(O_RDONLY);
    EXPECT_EQ(::write(other.get(), "x", 1), -1);
    EXPECT_EQ(Errno{errno}, Errno{EINVAL});
    off_t from = 0;
    EXPECT_EQ(::sendfile(other.get(), source.get(), &from, page_size()), -1);
    EXPECT_EQ(Errno{errno}, Errno{EINVAL});
    EXPECT_EQ(::copy_file_range(source.get(), &from, other.get(), nullptr, page_size(), 0), -1);
    EXPECT_EQ(Errno{errno}, Errno{EOPNOTSUPP});
}

TEST_F(WriteTest, NeedsADescriptorForWriting)
{
    dma_heap_allocation_data data{};
    data.len = page_size();
    data.fd_flags = O_RDONLY | O_CLOEXEC;
    ASSERT_EQ(::ioctl(heap(), DMA_HEAP_IOCTL_ALLOC, &data), 0);
    const UniqueFd target(static_cast<int>(data.fd));
    const TemporaryFile file("/dev/shm", page_size());
    const UniqueFd source = file.open(O_RDONLY);
    off_t from = 0;
    EXPECT_EQ(::write(target.get(), "x", 1), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::sendfile(target.get(), source.get(), &from, page_size()), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::copy_file_range(source.get(), &from, target.get(), nullptr, page_size(), 0), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
}

}  // namespace
}  // namespace contract
