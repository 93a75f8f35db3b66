// SPDX-License-Identifier: Apache-2.0
/// \file
/// Old memory that is known when it is seen: nearly all free pages hold a mark
/// that another process has left there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace old_data {

/// Has another process fill nearly all free memory with the mark, and end.
/// Returns how many of a thousand pages that are free then hold it. May only
/// be called where this process has no other threads.
unsigned int leave_marks();

/// The place of the first mark. The memory is aligned to whole words.
std::optional<std::uint64_t> find_mark(std::span<const std::byte> bytes);
/// Whether there is nothing but marks.
bool is_all_marks(std::span<const std::byte> bytes);

}  // namespace old_data
