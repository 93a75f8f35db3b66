// SPDX-License-Identifier: Apache-2.0
/// \file
/// Calls that are made first, each with what it must give.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "call.hpp"

namespace fuzz {

struct Seed {
    std::string line;
    std::string result;  ///< success, the name of an errno, or any
    Call call;
};

/// Lines "RESULT: CALL", with comments from # on. The error names the line.
std::expected<std::vector<Seed>, std::string> read_seeds(const std::string& path);

/// Whether \p result is what a seed must give.
bool is_result(const std::string& expected, int result);

}  // namespace fuzz
