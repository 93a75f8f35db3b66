// SPDX-License-Identifier: Apache-2.0
/// \file
/// What to do about failures that mean the same wherever they come from.
#pragma once

#include <string>

namespace dmaload {

/// A sentence for \p code, or nothing where the code alone says all.
[[nodiscard]] std::string common_advice(int code);

}  // namespace dmaload
