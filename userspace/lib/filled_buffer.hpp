// SPDX-License-Identifier: Apache-2.0
/// \file
/// A heap's buffer that the CPU fills through a mapping.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include <dmaload/error.hpp>
#include <dmaload/heap.hpp>
#include <dmaload/method.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// Allocates \p size bytes (whole pages) of \p heap and has \p fill write to
/// the mapping, which is all zero before. The time goes to the phases alloc,
/// map and copy. On failure nothing is left allocated or mapped.
[[nodiscard]] Result<UniqueFd> allocate_and_fill(
    const Heap& heap, std::uint64_t size, Phases& phases,
    const std::function<Result<void>(std::span<std::byte>)>& fill);

}  // namespace dmaload
