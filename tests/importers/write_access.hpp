// SPDX-License-Identifier: Apache-2.0
/// \file
/// A dma-buf mapped for writing by the CPU, inside DMA_BUF_IOCTL_SYNC.
#pragma once

#include <cstddef>
#include <span>

namespace importers {

class WriteAccess {
public:
    explicit WriteAccess(int dmabuf);
    WriteAccess(const WriteAccess&) = delete;
    WriteAccess& operator=(const WriteAccess&) = delete;
    ~WriteAccess();

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

private:
    int dmabuf_;
    std::span<std::byte> bytes_;
};

}  // namespace importers
