// SPDX-License-Identifier: Apache-2.0
#include "bench/result_numbers.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>

namespace dmaload::bench {

using nlohmann::json;

namespace {

constexpr int kDeepest = 32;  // levels; a report follows each by a call

/// Whether a float can become any of the integers that samples have, which a
/// negative one or an infinite one cannot.
bool fits(const std::string& key, double number)
{
    constexpr double kLargest = 9e18;
    return key != "round" && number >= 0 && number <= kLargest;
}

Result<void> check(const std::string& key, const json& value, int depth)
{
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    const bool wrong = (value.is_number_float() && !fits(key, value.get<double>())) ||
                       (value.is_number_unsigned() && value.get<std::uint64_t>() > kLargest);
    if (wrong)
        return fail("read the result", key, 0, fmt::format("It cannot be {}.", value.dump()));
    if (!value.is_structured())
        return {};
    if (depth == kDeepest)
        return fail("read the result", key, 0, "It is nested too deep.");
    for (const auto& [name, inner] : value.items()) {
        if (auto good = check(name, inner, depth + 1); !good)
            return good;
    }
    return {};
}

}  // namespace

Result<void> check_numbers(const json& result)
{
    return check("result", result, 0);
}

}  // namespace dmaload::bench
