// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long calls took, kind by kind: where the time of a run goes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "executor.hpp"

namespace fuzz {

class Times {
public:
    using Duration = std::chrono::duration<double>;

    void add(const Call& call, const Verdict& verdict, Duration taken);
    /// Prints the kinds that took the most of a run's time, as comments of the Test Anything Protocol.
    void print(Duration run) const;

private:
    struct Sum {
        std::uint64_t calls = 0;
        Duration taken{};
        Duration in_call{};
        Duration longest{};
    };

    std::map<std::string, Sum> kinds_{};
};

}  // namespace fuzz
