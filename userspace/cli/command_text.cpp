// SPDX-License-Identifier: Apache-2.0
#include "command_text.hpp"

#include <cctype>
#include <string_view>

namespace dmaload::cli {
namespace {

bool is_plain(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./,:=@%+").find(c) != std::string_view::npos;
}

std::string quoted(const std::string& argument)
{
    bool plain = !argument.empty();
    std::string text = "'";
    for (const char c : argument) {
        plain = plain && is_plain(c);
        // No quote can stand within quotes: they end, it is escaped, they begin again.
        text += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return plain ? argument : text + "'";
}

}  // namespace

std::string command_text(std::span<const std::string> arguments)
{
    std::string text;
    for (const std::string& argument : arguments)
        text += (text.empty() ? "" : " ") + quoted(argument);
    return text;
}

}  // namespace dmaload::cli
