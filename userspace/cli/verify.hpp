// SPDX-License-Identifier: Apache-2.0
/// \file
/// Compares a loaded buffer with its file.
#pragma once

#include <string>

#include <dmaload/method.hpp>

namespace dmaload::cli {

/// Reads \p path again, through the page cache, and compares it with the
/// buffer; the rest of the buffer must be zero. The error names the first
/// byte that differs.
[[nodiscard]] Result<void> verify(const Loaded& loaded, const std::string& path);

}  // namespace dmaload::cli
