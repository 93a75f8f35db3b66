// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every way to load a file, for tests of all of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <dmaload/method.hpp>

#include "fake_kernel.hpp"

namespace dmaload::test {

struct Way {
    const Method* method;
    Mode mode;
};

/// Those that the fake kernel offers.
[[nodiscard]] inline std::vector<Way> ways()
{
    FakeKernel kernel;
    const ScopedSyscalls scope(kernel);
    std::vector<Way> all;
    for (const Method* method : methods()) {
        for (const Mode mode : {Mode::direct, Mode::buffered}) {
            if (method->probe("system", mode))
                all.push_back({method, mode});
        }
    }
    return all;
}

[[nodiscard]] inline std::string name_of_way(const testing::TestParamInfo<Way>& way)
{
    std::string name(way.param.method->name());
    std::ranges::replace(name, '-', '_');
    return name + "_" + std::string(to_string(way.param.mode));
}

}  // namespace dmaload::test
