// SPDX-License-Identifier: Apache-2.0
/// \file
/// The system call under test, bare, and what can be asked of a dma-buf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/dma-heap.h>

#include "support/system.hpp"

namespace contract {

/// Every field of the call, preset to a right call but for the file.
struct Request {
    int file_fd = -1;
    std::uint32_t reserved = 0;
    std::uint32_t fd = 0;
    std::uint32_t fd_flags = O_RDWR | O_CLOEXEC;
    std::uint64_t heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
};

struct Outcome {
    Errno error;
    UniqueFd dmabuf;
};

/// Makes the call. A failed call that wrote to the `fd` field is a failure of
/// the test, whatever it expects else.
Outcome alloc_read(int heap, const Request& request);
Outcome alloc_read(int heap, int file);
/// DMA_HEAP_IOCTL_ALLOC without the flag.
Outcome alloc(int heap, std::uint64_t size);

UniqueFd open_heap(const std::string& name = "system");
/// The names of the heaps that are to read files: the system heap and, where
/// there is memory for it, the CMA heap.
std::vector<std::string> reading_heaps();
/// The name of a heap that cannot read files, such as one of protected memory.
std::optional<std::string> heap_without_reading();

/// How many dma-bufs there are in the whole system; nothing where debugfs
/// does not tell.
std::optional<long> count_dmabufs();

/// The size of a dma-buf in bytes.
std::uint64_t dmabuf_size(int dmabuf);

/// A dma-buf mapped for reading by the CPU, inside DMA_BUF_IOCTL_SYNC.
class View {
public:
    explicit View(int dmabuf);
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    ~View();

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

private:
    int dmabuf_;
    std::span<const std::byte> bytes_;
};

}  // namespace contract
