// SPDX-License-Identifier: Apache-2.0
#include "kmemleak.hpp"

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "support/system.hpp"

namespace faults {
namespace {

constexpr const char* kmemleak = "/sys/kernel/debug/kmemleak";

}  // namespace

std::string lost_objects()
{
    // Objects younger than 5 s are not reported; a second look makes sure of what the first one suspects.
    for (int look = 0; look < 2; ++look) {
        std::this_thread::sleep_for(std::chrono::seconds(6));
        if (const contract::Errno error = contract::write_text(kmemleak, "scan"); error.value != 0)
            throw std::runtime_error(std::string("kmemleak does not scan: ") +
                                     ::strerrorname_np(error.value));
    }
    return contract::read_text(kmemleak);
}

}  // namespace faults
