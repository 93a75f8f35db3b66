// SPDX-License-Identifier: Apache-2.0
#include "udmabuf_limit.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace dmaload {

std::optional<std::uint64_t> parse_size_limit(std::string_view text)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> 20U;
    std::uint64_t megabytes = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), megabytes).ec != std::errc{})
        return std::nullopt;
    return std::min(megabytes, most) << 20U;
}

}  // namespace dmaload
