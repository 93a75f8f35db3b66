// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a fuzz target holds its subject to, beyond not to crash.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace dmaload::fuzz {

inline void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "not so: %s\n", what);
    std::abort();
}

}  // namespace dmaload::fuzz
