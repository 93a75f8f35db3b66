// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "kernel_release.hpp"

namespace dmaload::test {
namespace {

TEST(KernelRelease, BeginsWithTwoNumbers)
{
    const std::pair<std::string_view, std::pair<unsigned, unsigned>> cases[] = {
        {"6.12.117", {6, 12}},
        {"6.14.0-rc3+", {6, 14}},
        {"7.0-rc1", {7, 0}},
        {"10.2", {10, 2}},
        {"6", {6, 0}},
        {"6.", {6, 0}},
        {"6-14", {6, 0}},
        {"6.x", {6, 0}},
        {"4294967296.14", {0, 0}},
        {"6.4294967296", {6, 0}},
        {"v6.14", {0, 0}},
        {"-6.14", {0, 0}},
        {"", {0, 0}},
    };
    for (const auto& [release, version] : cases)
        EXPECT_EQ(version_of(release), version) << release;
}

}  // namespace
}  // namespace dmaload::test
