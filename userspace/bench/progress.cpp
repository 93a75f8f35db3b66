// SPDX-License-Identifier: Apache-2.0
#include "bench/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace dmaload::bench {

using namespace std::chrono_literals;

namespace {
constexpr auto kTerminalInterval = 100ms;
constexpr auto kLogInterval = 5s;

/// Standard error may pass through a guest's channel before it reaches a
/// terminal; whoever started the guest knows.
bool is_terminal()
{
    const char* const known = std::getenv("DMALOAD_PROGRESS");
    return isatty(STDERR_FILENO) == 1 || (known != nullptr && std::string_view(known) == "terminal");
}
}  // namespace

std::string format_duration(std::chrono::nanoseconds duration)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    if (seconds < 60)
        return fmt::format("{} s", seconds);
    return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(is_terminal()) {}

Progress::~Progress()
{
    clear();
}

void Progress::clear()
{
    if (terminal_ && shown_)
        std::fputs("\r\033[K", stderr);
    shown_ = false;
}

void Progress::show(std::string_view what, std::optional<std::chrono::nanoseconds> left)
{
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || now - last_ < (terminal_ ? std::chrono::nanoseconds(kTerminalInterval) : kLogInterval))
        return;
    last_ = now;
    std::string line(what);
    if (left)
        line += fmt::format(", about {} left", format_duration(*left));
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
    std::fflush(stderr);
    shown_ = true;
}

void Progress::say(std::string_view line)
{
    clear();
    if (!quiet_)
        fmt::print(stderr, "{}\n", line);
}

}  // namespace dmaload::bench
