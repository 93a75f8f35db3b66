// SPDX-License-Identifier: Apache-2.0
/// \file
/// With DMALOAD_TEST_DIRS=/dir:/dir... the suite runs against the kernel that
/// is there, on files in these directories (each on a filesystem to be
/// tested); without it, against a fake kernel.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "fake_kernel.hpp"

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    if (std::getenv("DMALOAD_TEST_DIRS") != nullptr)
        return RUN_ALL_TESTS();
    dmaload::test::FakeKernel fake;
    const dmaload::ScopedSyscalls scope(fake);
    const int result = RUN_ALL_TESTS();
    if (fake.mappings() != 0 || fake.accesses() != 0) {
        std::fprintf(stderr, "%d mappings and %d CPU accesses were left behind\n", fake.mappings(),
                     fake.accesses());
        return 1;
    }
    return result;
}
