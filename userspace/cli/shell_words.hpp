// SPDX-License-Identifier: Apache-2.0
/// \file
/// A command as it can be typed.
#pragma once

#include <string>
#include <vector>

namespace dmaload::cli {

/// The words of a command in one line that a shell takes apart again into the
/// same words: those that have a meaning for it are quoted.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& words);

}  // namespace dmaload::cli
