// SPDX-License-Identifier: Apache-2.0
/// \file
/// The sizes of buffers: those that can be, and those that are.
#pragma once

#include <cstdint>
#include <string>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// Whether this machine and process can hold a buffer of \p size bytes, which
/// \p object needs: EFBIG beyond the address space, ENOMEM beyond the memory.
[[nodiscard]] Result<void> check_buffer_size(const std::string& object, std::uint64_t size);

/// The size of a dma-buf in bytes.
[[nodiscard]] Result<std::uint64_t> dmabuf_size(const UniqueFd& dmabuf);

}  // namespace dmaload
