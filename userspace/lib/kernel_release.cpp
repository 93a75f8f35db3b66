// SPDX-License-Identifier: Apache-2.0
#include "kernel_release.hpp"

#include <charconv>
#include <memory>
#include <system_error>

namespace dmaload {

std::pair<unsigned, unsigned> version_of(std::string_view release)
{
    std::pair<unsigned, unsigned> version{};
    const char* const end = std::to_address(release.end());
    const auto first = std::from_chars(std::to_address(release.begin()), end, version.first);
    if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '.')
        (void)std::from_chars(first.ptr + 1, end, version.second);
    return version;
}

}  // namespace dmaload
