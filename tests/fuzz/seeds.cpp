// SPDX-License-Identifier: Apache-2.0
#include "seeds.hpp"

#include <cstring>
#include <sstream>

#include "support/system.hpp"

namespace fuzz {

std::expected<std::vector<Seed>, std::string> read_seeds(const std::string& path)
{
    std::istringstream lines(contract::read_text(path));
    std::vector<Seed> seeds;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        // A comment begins a line, or stands behind a blank: #NUMBER names a descriptor.
        if (const std::size_t comment = line.find("  # "); comment != std::string::npos)
            line.resize(comment);
        if (line.starts_with('#') || line.find_first_not_of(' ') == std::string::npos)
            continue;
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos)
            return std::unexpected(path + ":" + std::to_string(number) + ": no RESULT: CALL");
        auto call = from_text(line.substr(colon + 2));
        if (!call)
            return std::unexpected(path + ":" + std::to_string(number) + ": " + call.error());
        seeds.push_back({line, line.substr(0, colon), std::move(*call)});
    }
    return seeds;
}

bool is_result(const std::string& expected, int result)
{
    if (expected == "any" || (expected == "success" && result == 0))
        return true;
    const char* name = ::strerrorname_np(result);
    return result != 0 && name != nullptr && expected == name;
}

}  // namespace fuzz
