// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a program can do that wants direct reads and a heap's buffer, which
/// they cannot reach: read into memory of its own, several reads in flight, and
/// copy each block when it is there.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/mman.h>

#include <dmaload/syscalls.hpp>

#include "../advice.hpp"
#include "../aligned_buffer.hpp"
#include "../queued_reader.hpp"
#include "family.hpp"
#include "heap_fill.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;

/// How a ring is cut, and how many threads have one, each for its part of the file.
struct BounceShape {
    QueueShape queue;
    unsigned threads = 1;
};

/// Large enough for any device, small enough that a block is still in a cache
/// of the CPU when it is copied.
constexpr BounceShape usual_shape = {{MiB, 8}, 1};

/// What a benchmark tries.
constexpr std::array<BounceShape, 6> shapes = {{{{256 * KiB, 16}, 1},
                                                {{512 * KiB, 8}, 1},
                                                {{2 * MiB, 4}, 1},
                                                {{256 * KiB, 16}, 2},
                                                {{MiB, 8}, 2},
                                                {{2 * MiB, 4}, 2}}};

/// Bytes of the file.
struct Part {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Reads a part of the file by way of the blocks of \p ring.
Result<void> read_through(const FileSource& file, Part part, std::span<std::byte> ring,
                          std::uint64_t block_size, std::span<std::byte> buffer)
{
    const auto block = static_cast<std::size_t>(block_size);
    std::vector<std::span<std::byte>> free;
    for (std::size_t at = 0; at < ring.size(); at += block)
        free.push_back(ring.subspan(at, block));
    // The last one made, the first to go: before the memory that is read into.
    auto reader = QueuedReader::create(file, static_cast<unsigned>(free.size()));
    if (!reader)
        return std::unexpected(std::move(reader.error()));

    std::uint64_t offset = part.begin;
    while (offset < part.end || !reader->idle()) {
        while (!free.empty() && offset < part.end) {
            const std::uint64_t length = std::min(block_size, part.end - offset);
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
    return {};
}

class BounceUring final : public Varied<HeapFill> {
public:
    BounceUring(std::string name, BounceShape shape) : name_(std::move(name)), shape_(shape) {}
    explicit BounceUring(BounceShape shape)
        : BounceUring(fmt::format("bounce-uring:{}K:{}{}", shape.queue.block / KiB, shape.queue.depth,
                                  shape.threads > 1 ? fmt::format(":{}", shape.threads) : ""),
                      shape)
    {
    }

    std::string_view name() const override { return name_; }
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
        const std::uint64_t block = shape_.queue.block;
        if (file.alignment() > block)
            return std::unexpected(file.read_error(EINVAL));
        const auto ring_size = static_cast<std::size_t>(block * shape_.queue.depth);
        const auto ring = AlignedBuffer::allocate(ring_size * shape_.threads);
        if (!ring)
            return fail("allocate", "blocks to read into", ENOMEM, common_advice(ENOMEM));
        syscalls().madvise(ring->bytes().data(), ring->bytes().size(), MADV_HUGEPAGE);

        // Each thread copies what it reads; the last part is the caller's own.
        const std::uint64_t blocks = (file.read_end() + block - 1) / block;
        const std::uint64_t share = (blocks + shape_.threads - 1) / shape_.threads * block;
        std::vector<Result<void>> done(shape_.threads);
        {
            std::vector<std::jthread> helpers;
            for (unsigned i = 0; i < shape_.threads; ++i) {
                const auto read = [&, i] {
                    const Part part = {std::min(i * share, file.read_end()),
                                       std::min((i + 1) * share, file.read_end())};
                    done[i] = read_through(file, part, ring->bytes().subspan(i * ring_size, ring_size), block,
                                           buffer);
                };
                if (i + 1 < shape_.threads)
                    helpers.emplace_back(read);
                else
                    read();
            }
        }
        for (const Result<void>& part : done) {
            if (!part)
                return part;
        }
        return file.read_into(buffer, file.read_end());
    }

    std::string name_;
    BounceShape shape_;
};

std::vector<BounceUring> all_forms()
{
    std::vector<BounceUring> forms = {BounceUring("bounce-uring", usual_shape)};
    for (const BounceShape& shape : shapes)
        forms.emplace_back(shape);
    return forms;
}

}  // namespace

const Method& bounce_uring_method()
{
    static const Family family(all_forms());
    return family.method();
}

}  // namespace dmaload
