// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a program can do that wants direct reads and a heap's buffer, which
/// they cannot reach: read into memory of its own, several reads in flight, and
/// copy each block when it is there.
#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include <sys/mman.h>

#include <dmaload/syscalls.hpp>

#include "../advice.hpp"
#include "../aligned_buffer.hpp"
#include "../queued_reader.hpp"
#include "heap_fill.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

/// Large enough for any device, small enough that a block is still in a cache
/// of the CPU when it is copied.
constexpr QueueShape ring_shape = {std::uint64_t{1} << 20U, 8};
constexpr std::size_t ring_size = static_cast<std::size_t>(ring_shape.block * ring_shape.depth);

/// Reads the file by way of the blocks of \p ring.
Result<void> read_through(const FileSource& file, std::span<std::byte> ring, std::span<std::byte> buffer)
{
    const auto block = static_cast<std::size_t>(ring_shape.block);
    std::vector<std::span<std::byte>> free;
    for (std::size_t at = 0; at < ring.size(); at += block)
        free.push_back(ring.subspan(at, block));
    // The last one made, the first to go: before the memory that is read into.
    auto reader = QueuedReader::create(file, ring_shape.depth);
    if (!reader)
        return std::unexpected(std::move(reader.error()));

    std::uint64_t offset = 0;
    while (offset < file.read_end() || !reader->idle()) {
        while (!free.empty() && offset < file.read_end()) {
            const std::uint64_t length = std::min(ring_shape.block, file.read_end() - offset);
            if (auto added = reader->add({offset, free.back().first(static_cast<std::size_t>(length))});
                !added)
                return added;
            free.pop_back();
            offset += length;
        }
        const auto taken = reader->take();
        if (!taken)
            return std::unexpected(taken.error());
        std::ranges::copy(taken->target, buffer.begin() + static_cast<std::ptrdiff_t>(taken->offset));
        free.emplace_back(taken->target.data(), block);
    }
    return file.read_into(buffer, file.read_end());
}

class BounceUring final : public HeapFill {
public:
    std::string_view name() const override { return "bounce-uring"; }
    std::string_view summary() const override
    {
        return "io_uring reads into memory of the program, copied into a heap's buffer";
    }
    bool for_comparison() const override { return true; }

private:
    Result<void> refuse(Mode) const override { return {}; }
    Result<void> probe_more() const override { return probe_ring(false); }
    Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const override
    {
        if (file.alignment() > ring_shape.block)
            return std::unexpected(file.read_error(EINVAL));
        const auto ring = AlignedBuffer::allocate(ring_size);
        if (!ring)
            return fail("allocate", "blocks to read into", ENOMEM, common_advice(ENOMEM));
        syscalls().madvise(ring->bytes().data(), ring_size, MADV_HUGEPAGE);
        return read_through(file, ring->bytes(), buffer);
    }
};

}  // namespace

const Method& bounce_uring_method()
{
    static const BounceUring method;
    return method;
}

}  // namespace dmaload
