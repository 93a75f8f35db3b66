// SPDX-License-Identifier: Apache-2.0
/// \file
/// Makes the end of a dma-buf zero.
#pragma once

#include <cstdint>

#include <dmaload/error.hpp>

namespace dmaload {

/// Clears the bytes from \p begin to the end of a dma-buf of \p size bytes.
[[nodiscard]] Result<void> clear_from(int dmabuf, std::uint64_t begin, std::uint64_t size);

}  // namespace dmaload
