// SPDX-License-Identifier: Apache-2.0
#include "support/run.hpp"

#include <cerrno>
#include <cstdio>

#include <gtest/gtest.h>

namespace contract {

int run_all(int argc, char** argv, const char* (*why_not)())
{
    ::testing::InitGoogleTest(&argc, argv);
    if (!::testing::GTEST_FLAG(list_tests)) {
        if (const char* reason = why_not()) {
            std::fprintf(stderr, "%s: skipped: %s\n", ::program_invocation_short_name, reason);
            return 77;
        }
    }
    return RUN_ALL_TESTS();
}

}  // namespace contract
