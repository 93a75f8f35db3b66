// SPDX-License-Identifier: Apache-2.0
/// \file
/// Values that may be missing, as JSON has them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace dmaload::bench {

/// The value, or null where there is none.
template <class T>
[[nodiscard]] nlohmann::json or_null(const std::optional<T>& value)
{
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace dmaload::bench
