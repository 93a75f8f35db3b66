// SPDX-License-Identifier: Apache-2.0
/// \file
/// Looks at the buffer that came of a call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "prediction.hpp"

namespace fuzz {

/// What is wrong with it: its size, its flags, its bytes.
std::vector<std::string> faults_of_buffer(int dmabuf, std::uint32_t fd_flags, const Prediction& prediction);

}  // namespace fuzz
