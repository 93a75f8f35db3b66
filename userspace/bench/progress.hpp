// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is being done and how long it will take, on standard error.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dmaload::bench {

/// "2 min 05 s", "40 s"
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);

/// One line that is rewritten on a terminal; elsewhere a line every few seconds.
class Progress {
public:
    explicit Progress(bool quiet = false);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows \p what, and the time left where it is known.
    void show(std::string_view what, std::optional<std::chrono::nanoseconds> left = std::nullopt);
    /// Prints a line that stays.
    void say(std::string_view line);

private:
    void clear();

    bool quiet_;
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point last_;
};

}  // namespace dmaload::bench
