// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares a loaded buffer with its files.
#pragma once

#include <string>

#include <dmaload/method.hpp>
#include <dmaload/ranges.hpp>

namespace dmaload::cli {

/// Reads \p path again, through the page cache, and compares it with the
/// buffer; the rest of the buffer must be zero. The error names the first
/// byte that differs.
[[nodiscard]] Result<void> verify(const Loaded& loaded, const std::string& path);
/// The same for each range, of the file that it came from.
[[nodiscard]] Result<void> verify(const LoadedRanges& loaded);

}  // namespace dmaload::cli
