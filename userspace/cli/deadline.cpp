// SPDX-License-Identifier: Apache-2.0
#include "deadline.hpp"

#include <bench/units.hpp>
#include <cerrno>

namespace dmaload::cli {

Result<std::optional<std::chrono::nanoseconds>> parse_deadline(const std::string& text)
{
    if (text.empty())
        return std::nullopt;
    const auto deadline = bench::parse_time(text);
    if (!deadline || deadline->count() <= 0)
        return fail("--deadline", text, EINVAL, "A deadline is a number with ms or s behind it.");
    return deadline;
}

}  // namespace dmaload::cli
