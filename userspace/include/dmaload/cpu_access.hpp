// SPDX-License-Identifier: Apache-2.0
/// \file
/// The bracket that a dma-buf wants around access by the CPU.
#pragma once

#include <utility>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>

namespace dmaload {

/// Holds DMA_BUF_IOCTL_SYNC started on a dma-buf, and ends it when it goes
/// out of scope. Without it, caches that are not coherent with devices may
/// show old bytes. Move-only; the descriptor must outlive it.
class CpuAccess {
public:
    enum class Kind { read, write, read_write };

    /// Waits until the CPU may access the buffer in this way.
    [[nodiscard]] static Result<CpuAccess> begin(int dmabuf, Kind kind);
    /// The same for what a method has loaded; there is nothing to be done where
    /// that is no dma-buf.
    [[nodiscard]] static Result<CpuAccess> begin(const Loaded& loaded, Kind kind);
    /// Ends the access and says whether that worked; a caller that needs not
    /// know leaves it to the destructor. A second call does nothing.
    [[nodiscard]] Result<void> end();

    CpuAccess(CpuAccess&& other) noexcept : dmabuf_(std::exchange(other.dmabuf_, -1)), kind_(other.kind_) {}
    CpuAccess& operator=(CpuAccess&&) = delete;
    CpuAccess(const CpuAccess&) = delete;
    CpuAccess& operator=(const CpuAccess&) = delete;
    ~CpuAccess();

private:
    CpuAccess(int dmabuf, Kind kind) noexcept : dmabuf_(dmabuf), kind_(kind) {}

    int dmabuf_;
    Kind kind_;
};

}  // namespace dmaload
