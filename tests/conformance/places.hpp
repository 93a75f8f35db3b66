// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the suite has its files, and what these are called in test names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dmaload::test {

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr const char* heap_name = "system";

/// Those of DMALOAD_TEST_DIRS, or one for scratch files.
[[nodiscard]] std::vector<std::string> directories();

/// Whether the filesystem says that it reads this file directly.
[[nodiscard]] bool offers_direct(const std::string& path);

/// The text with everything but letters and digits replaced by "_".
[[nodiscard]] std::string word(std::string text);

}  // namespace dmaload::test
