// SPDX-License-Identifier: Apache-2.0
#include "support/ranges.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/heap.hpp"

namespace contract {
namespace {

constexpr std::byte guard{0x77};
constexpr std::size_t guard_size = 64;

std::uint64_t end_of(const std::vector<Piece>& pieces)
{
    std::uint64_t end = 0;
    for (const Piece& piece : pieces)
        end = std::max(end, piece.buffer_offset + piece.length);
    return end;
}

}  // namespace

RangesOutcome read_ranges(int heap, const RangesRequest& request)
{
    dma_heap_allocate_read_data data{};
    const void* const pointer = request.pointer.value_or(request.ranges.data());
    data.len = request.len;
    data.ranges = reinterpret_cast<std::uintptr_t>(pointer);
    data.nr_ranges = request.count.value_or(static_cast<std::uint32_t>(request.ranges.size()));
    data.fd_flags = request.fd_flags;
    data.heap_flags = request.heap_flags;
    data.fd = request.fd;
    data.reserved = request.reserved;
    data.bytes_read = request.bytes_read;

    std::vector<std::byte> bytes(std::max(request.size, sizeof(data)));
    std::memcpy(bytes.data(), &data, sizeof(data));
    std::ranges::copy(request.tail, bytes.data() + sizeof(data));
    bytes.resize(request.size);
    bytes.resize(request.size + guard_size, guard);
    const std::vector<std::byte> before = bytes;

    const unsigned long command =
        _IOC(request.direction, DMA_HEAP_IOC_MAGIC, _IOC_NR(DMA_HEAP_IOCTL_ALLOC_READ), request.size);
    if (::ioctl(heap, command, bytes.data()) < 0) {
        const int error = errno;
        EXPECT_EQ(bytes, before) << "a failed call wrote to the struct";
        return {Errno{error}, UniqueFd()};
    }
    EXPECT_TRUE(std::all_of(bytes.end() - guard_size, bytes.end(), [](std::byte b) { return b == guard; }))
        << "the call wrote behind the struct";
    // Where the number is not told, there is none to be closed.
    if (request.size < sizeof(data) || (request.direction & _IOC_READ) == 0)
        return {};
    std::memcpy(&data, bytes.data(), sizeof(data));
    return {Errno{}, UniqueFd(static_cast<int>(data.fd)), data.bytes_read};
}

std::optional<std::string> why_no_ranges(int heap)
{
    const Errno error = read_ranges(heap, {.ranges = {range(-1, 0, 1, 0)}}).error;
    if (error == Errno{EINVAL} || error == Errno{ENOTTY})
        return "this kernel does not have DMA_HEAP_IOCTL_ALLOC_READ: apply all of kernel-patches/";
    return std::nullopt;
}

const char* why_no_calls()
{
    if (::geteuid() != 0)
        return "root is needed";
    if (::access("/dev/dma_heap/system", R_OK) != 0)
        return "/dev/dma_heap/system cannot be read: the kernel needs CONFIG_DMABUF_HEAPS_SYSTEM=y";
    if (why_no_ranges(open_heap().get()))
        return "this kernel does not have DMA_HEAP_IOCTL_ALLOC_READ: apply all of kernel-patches/";
    return nullptr;
}

RangesRequest request_for(const std::vector<Piece>& pieces, std::uint64_t len)
{
    RangesRequest request{.len = len};
    for (const Piece& piece : pieces)
        request.ranges.push_back(range(piece.fd, piece.file_offset, piece.length, piece.buffer_offset));
    return request;
}

::testing::AssertionResult holds_pieces(int dmabuf, std::vector<Piece> pieces, std::uint64_t size)
{
    if (dmabuf_size(dmabuf) != size)
        return ::testing::AssertionFailure()
               << "the dma-buf has " << dmabuf_size(dmabuf) << " bytes, not " << size;
    const View view(dmabuf);
    std::ranges::sort(pieces, {}, &Piece::buffer_offset);
    pieces.push_back({.buffer_offset = size});  // so that what is behind the last one is looked at
    std::uint64_t end = 0;
    for (const Piece& piece : pieces) {
        const auto gap = view.bytes().subspan(end, piece.buffer_offset - end);
        if (const auto where = dmaload::pattern::first_nonzero(gap, end))
            return ::testing::AssertionFailure() << "byte " << *where << " of the buffer, in the gap [" << end
                                                 << ", " << piece.buffer_offset << "), is not zero but "
                                                 << std::to_integer<int>(view.bytes()[*where]);
        const auto bytes = view.bytes().subspan(piece.buffer_offset, piece.length);
        if (const auto where = dmaload::pattern::first_difference(bytes, piece.file_offset, piece.seed))
            return ::testing::AssertionFailure()
                   << "byte " << *where - piece.file_offset << " of the " << piece.length << " bytes at "
                   << piece.buffer_offset << " is not the file's at " << *where;
        end = piece.buffer_offset + piece.length;
    }
    return ::testing::AssertionSuccess();
}

std::uint64_t direct_alignment(int file)
{
    struct statx stx{};
    if (::statx(file, "", AT_EMPTY_PATH, STATX_DIOALIGN | STATX_TYPE, &stx) != 0)
        throw_errno("statx");
    if ((stx.stx_mask & STATX_DIOALIGN) != 0)
        return std::max(1U, stx.stx_dio_offset_align);
    // Only filesystems without a device say nothing, of those that are tested.
    return 1;
}

void RangesTest::SetUp()
{
    ContractTest::SetUp();
    if (const auto reason = why_no_ranges(heap()))
        GTEST_SKIP() << *reason;
}

Errno RangesTest::error_of(const RangesRequest& request) const
{
    return read_ranges(heap(), request).error;
}

void RangesPlaceTest::SetUp()
{
    PlaceTest::SetUp();
    if (IsSkipped())
        return;
    if (const auto reason = why_no_ranges(heap()))
        GTEST_SKIP() << *reason;
}

void RangesPlaceTest::expect_loaded(const std::vector<Piece>& pieces, std::uint64_t len) const
{
    const RangesOutcome loaded = read_ranges(heap(), request_for(pieces, len));
    ASSERT_EQ(loaded.error, Errno{});
    std::uint64_t sum = 0;
    for (const Piece& piece : pieces)
        sum += piece.length;
    EXPECT_EQ(loaded.bytes_read, sum);
    EXPECT_TRUE(
        holds_pieces(loaded.dmabuf.get(), pieces, round_up(len != 0 ? len : end_of(pieces), page_size())));
}

}  // namespace contract
