// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dma-heaps: the kernel's allocators of dma-bufs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// Where the kernel's heaps appear.
inline constexpr const char* heap_directory = "/dev/dma_heap";

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

private:
    Heap(std::string name, UniqueFd fd) : name_(std::move(name)), fd_(std::move(fd)) {}

    std::string name_;
    UniqueFd fd_;
};

}  // namespace dmaload
