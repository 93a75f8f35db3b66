// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory that direct I/O accepts.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>

namespace dmaload {

/// A block of memory that is aligned to its own size.
class AlignedBuffer {
public:
    /// \p size is a power of two and at least the size of a pointer.
    [[nodiscard]] static std::optional<AlignedBuffer> allocate(std::size_t size)
    {
        void* memory = std::aligned_alloc(size, size);
        if (memory == nullptr)
            return std::nullopt;
        return AlignedBuffer(static_cast<std::byte*>(memory), size);
    }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {memory_.get(), size_}; }

private:
    struct Free {
        void operator()(std::byte* memory) const noexcept { std::free(memory); }
    };
    AlignedBuffer(std::byte* memory, std::size_t size) noexcept : memory_(memory), size_(size) {}

    std::unique_ptr<std::byte, Free> memory_;
    std::size_t size_;
};

}  // namespace dmaload
