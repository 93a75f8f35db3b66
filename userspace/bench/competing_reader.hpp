// SPDX-License-Identifier: Apache-2.0
/// \file
/// Somebody else who reads from the disk.
#pragma once

#include <string>

#include <dmaload/error.hpp>

#include "bench/child.hpp"

namespace dmaload::bench {

/// A process that reads the file \p path again and again, a block of 1 MB
/// after the other: directly, so that each read is the disk's and none of it
/// stays in the page cache. Its first block is there before this returns. An
/// error where the file cannot be read directly, or holds less than a block.
[[nodiscard]] Result<Child> start_competing_reader(const std::string& path);

}  // namespace dmaload::bench
