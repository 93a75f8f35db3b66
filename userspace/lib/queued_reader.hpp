// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads a file in blocks, several of them in flight.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/read_ring.hpp>

#include "file_source.hpp"

namespace dmaload {

/// How a file is cut, and how much of it is asked for at once.
struct QueueShape {
    std::uint64_t block = 0;  ///< bytes of a read; a power of two
    unsigned depth = 0;       ///< reads in flight
};

/// A part of the file and the memory that it goes to.
struct Block {
    std::uint64_t offset = 0;     ///< in the file; a multiple of its alignment
    std::span<std::byte> target;  ///< as long as the part
    /// The registered buffer that the target lies in.
    std::optional<unsigned> buffer{};
};

/// Whether io_uring works here, and where \p registered says so, whether
/// buffers can be registered one by one. It is tried in a child process,
/// because there are sandboxes (that of Android's apps) that kill whoever tries.
[[nodiscard]] Result<void> probe_ring(bool registered);

/// Used by one thread. The file, and memory of reads in flight, must outlive it.
class QueuedReader {
public:
    [[nodiscard]] static Result<QueuedReader> create(const FileSource& file, unsigned depth);

    /// As many reads are in flight as there may be.
    [[nodiscard]] bool full() const noexcept { return free_.empty(); }
    [[nodiscard]] bool idle() const noexcept { return free_.size() == slots_.size(); }

    /// Makes room for \p count registered buffers.
    [[nodiscard]] Result<void> reserve_buffers(unsigned count);
    /// Registers memory that is there.
    [[nodiscard]] Result<void> set_buffer(unsigned index, std::span<std::byte> memory);

    /// Adds a read to those that are started next. Not when full().
    [[nodiscard]] Result<void> add(const Block& block);
    /// Starts what was added.
    [[nodiscard]] Result<void> start();
    /// Starts what was added, waits until a read has ended and returns it: its
    /// bytes are there, up to the end of the file. Not when idle().
    [[nodiscard]] Result<Block> take();

    [[nodiscard]] std::chrono::nanoseconds time_submitting() const noexcept { return submitting_; }
    [[nodiscard]] std::chrono::nanoseconds time_waiting() const noexcept { return waiting_; }

private:
    /// What is left of a block that came in parts.
    struct Slot {
        Block block;
        std::size_t done = 0;
    };

    QueuedReader(const FileSource& file, std::unique_ptr<ReadRing> ring, unsigned depth);
    [[nodiscard]] Result<void> prepare(std::size_t slot);
    [[nodiscard]] Result<void> submit(bool wait);
    [[nodiscard]] Result<bool> finished(const RingResult& result);

    const FileSource* file_;
    std::unique_ptr<ReadRing> ring_;
    std::vector<Slot> slots_;
    std::vector<std::size_t> free_;
    bool to_start_ = false;
    std::chrono::nanoseconds submitting_{};
    std::chrono::nanoseconds waiting_{};
};

}  // namespace dmaload
