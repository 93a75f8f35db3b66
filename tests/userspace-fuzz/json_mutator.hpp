// SPDX-License-Identifier: Apache-2.0
/// \file
/// Changes JSON so that it stays JSON: bytes changed at random rarely get past
/// a parser, and what lies behind it would never be reached.
#pragma once

#include <nlohmann/json.hpp>
#include <random>

namespace dmaload::fuzz {

/// Changes one value within \p root, whichever the numbers say: to another
/// type, to a number at an edge, to a copy of another value; or takes it out,
/// or puts it in twice.
void mutate(nlohmann::json& root, std::minstd_rand& random);

}  // namespace dmaload::fuzz
