// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dma-heaps: the kernel's allocators of dma-bufs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// Where the kernel's heaps appear.
inline constexpr const char* heap_directory = "/dev/dma_heap";

/// A part of an open file, and its place in a buffer.
struct ReadRange {
    int file = -1;                    ///< stays the caller's
    std::uint64_t file_offset = 0;    ///< bytes
    std::uint64_t length = 0;         ///< bytes; not zero
    std::uint64_t buffer_offset = 0;  ///< bytes
};

/// A buffer that ranges were read into.
struct RangesBuffer {
    UniqueFd dmabuf;
    std::uint64_t bytes_read = 0;  ///< the sum of the lengths
};

/// An open heap.
class Heap {
public:
    /// Opens /dev/dma_heap/NAME.
    [[nodiscard]] static Result<Heap> open(const std::string& name);
    /// The names of all heaps, sorted.
    [[nodiscard]] static Result<std::vector<std::string>> list(const std::string& directory = heap_directory);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Allocates a buffer of \p length bytes, rounded up to the page size, all zero.
    [[nodiscard]] Result<UniqueFd> allocate(std::uint64_t length) const;

    /// Allocates a buffer of the size of the file and reads the file into it,
    /// directly if \p file was opened with O_DIRECT. Needs a heap for which
    /// probe_read() succeeds.
    [[nodiscard]] Result<UniqueFd> allocate_and_read(int file) const;

    /// Whether allocate_and_read() works here. The error's code is EINVAL on
    /// a kernel that does not know the flag, EOPNOTSUPP on a heap that cannot.
    [[nodiscard]] Result<void> probe_read() const;

    /// Allocates a buffer of \p length bytes, rounded up to the page size (0:
    /// as long as the ranges need), and reads 1 to max_ranges ranges into it,
    /// in any order; what none of them covers is zero. Each file is read
    /// directly if it was opened with O_DIRECT; then both offsets of its
    /// ranges must be multiples of its direct I/O alignment. Needs a heap for
    /// which probe_read_ranges() succeeds; for other files see ranges.hpp.
    [[nodiscard]] Result<RangesBuffer> allocate_and_read_ranges(std::span<const ReadRange> ranges,
                                                                std::uint64_t length = 0) const;

    /// Whether allocate_and_read_ranges() works here. The error's code is
    /// EINVAL or ENOTTY on a kernel that does not know the call, EOPNOTSUPP on
    /// a heap that cannot.
    [[nodiscard]] Result<void> probe_read_ranges() const;

    /// The most ranges that one call takes.
    static constexpr std::size_t max_ranges = 4096;

private:
    Heap(std::string name, UniqueFd fd) : name_(std::move(name)), fd_(std::move(fd)) {}

    std::string name_;
    UniqueFd fd_;
};

}  // namespace dmaload
