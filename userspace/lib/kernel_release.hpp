// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a kernel calls itself.
#pragma once

#include <string_view>
#include <utility>

namespace dmaload {

/// The first two numbers of a release such as "6.12.117", which can be compared; 0 for what is not there.
[[nodiscard]] std::pair<unsigned, unsigned> version_of(std::string_view release);

}  // namespace dmaload
