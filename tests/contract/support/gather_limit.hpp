// SPDX-License-Identifier: Apache-2.0
/// \file
/// The module parameter of the gather engine, set for a while.
#pragma once

#include <string>

#include <unistd.h>

#include "support/system.hpp"

namespace contract {

/// Remembers the gather limit and writes it back in the end.
class GatherLimit {
public:
    static constexpr const char* path = "/sys/module/dma_heap_read/parameters/gather_limit";

    static bool exists() { return ::access(path, F_OK) == 0; }

    GatherLimit() : before_(read_text(path)) {}
    GatherLimit(const GatherLimit&) = delete;
    GatherLimit& operator=(const GatherLimit&) = delete;
    ~GatherLimit() { write_text(path, before_); }

    [[nodiscard]] Errno set(const std::string& text) const { return write_text(path, text); }
    /// In bytes.
    [[nodiscard]] unsigned long long get() const { return std::stoull(read_text(path)); }

private:
    std::string before_;
};

}  // namespace contract
