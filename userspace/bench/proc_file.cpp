// SPDX-License-Identifier: Apache-2.0
#include "bench/proc_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <dmaload/unique_fd.hpp>

namespace dmaload::bench {

Result<std::string> read_text(const std::string& path)
{
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail("open", path, errno);
    std::string text;
    std::array<char, 16384> piece;
    for (;;) {
        const ssize_t got = read(fd.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail("read", path, errno);
        if (got == 0)
            return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

std::string read_line_or_empty(const std::string& path)
{
    const auto text = read_text(path);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

Result<void> write_text(const std::string& path, std::string_view text)
{
    const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd)
        return fail("open", path, errno);
    if (write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail("write", path, errno);
    return {};
}

std::optional<std::uint64_t> parse_number(std::string_view text)
{
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(start);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data())
        return std::nullopt;
    return value;
}

std::string_view selected_word(std::string_view text)
{
    const std::size_t begin = text.find('[');
    const std::size_t end = text.find(']', begin);
    if (begin == std::string_view::npos || end == std::string_view::npos)
        return {};
    return text.substr(begin + 1, end - begin - 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators)
{
    std::vector<std::string_view> pieces;
    for (std::size_t start = 0;
         (start = text.find_first_not_of(separators, start)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
        pieces.push_back(text.substr(start, end - start));
        start = end;
    }
    return pieces;
}

}  // namespace dmaload::bench
