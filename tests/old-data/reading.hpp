// SPDX-License-Identifier: Apache-2.0
/// \file
/// A call that reads files into a buffer, and what no file's byte falls on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/ranges.hpp"

namespace old_data {

enum class Form { flag, ranges };

struct Reading {
    std::string what;
    Form form = Form::flag;
    std::vector<contract::Piece> pieces{};  ///< the flag's only one is the whole file
    std::uint64_t len = 0;                  ///< of the buffer in bytes; 0: what the pieces need

    /// Makes the call.
    [[nodiscard]] contract::Outcome on(int heap) const;
    [[nodiscard]] std::uint64_t buffer_size() const;
    /// Whether some of the buffer is written by nobody unless it is cleared: neither by the CPU that copies
    /// bytes of a file nor by a device that brings whole blocks.
    [[nodiscard]] bool leaves_room() const;
};

/// Both calls, of a whole file.
std::vector<Reading> whole_file(int fd, std::uint64_t size);

}  // namespace old_data
