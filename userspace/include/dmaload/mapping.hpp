// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ownership of a shared memory mapping of a file descriptor.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include <dmaload/error.hpp>

namespace dmaload {

/// A shared mapping from offset 0 of a dma-buf, memfd or file, unmapped when it
/// goes out of scope. Move-only. Does not own the descriptor and does not
/// need it once the mapping exists.
class Mapping {
public:
    /// Maps \p length bytes; \p prot is PROT_READ, PROT_WRITE or both. With
    /// \p populate all pages are mapped at once (MAP_POPULATE).
    [[nodiscard]] static Result<Mapping> map(int fd, std::size_t length, int prot, bool populate = false);

    Mapping(Mapping&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), length_(std::exchange(other.length_, 0))
    {
    }
    Mapping& operator=(Mapping&& other) noexcept
    {
        if (this != &other) {
            unmap();
            data_ = std::exchange(other.data_, nullptr);
            length_ = std::exchange(other.length_, 0);
        }
        return *this;
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { unmap(); }

    /// All mapped bytes. Writing to them needs PROT_WRITE.
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data_, length_}; }

private:
    Mapping(std::byte* data, std::size_t length) noexcept : data_(data), length_(length) {}
    void unmap() noexcept;

    std::byte* data_;
    std::size_t length_;
};

}  // namespace dmaload
