// SPDX-License-Identifier: Apache-2.0
/// \file
/// Every way to load a file, for tests of all of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
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

/// The same for variants of methods.
[[nodiscard]] inline std::vector<Way> variant_ways()
{
    std::vector<Way> all;
    for (const Way& way : ways()) {
        for (const Method* variant : way.method->variants())
            all.push_back({variant, way.mode});
    }
    return all;
}

/// Each method once, directly where it can: the other mode has the same threads.
[[nodiscard]] inline std::vector<Way> one_way_each(const std::vector<Way>& all)
{
    std::vector<Way> once;
    for (const Way& way : all) {
        if (std::ranges::find(once, way.method, &Way::method) == once.end())
            once.push_back(way);
    }
    return once;
}

[[nodiscard]] inline std::string name_of_way(const testing::TestParamInfo<Way>& way)
{
    std::string name(way.param.method->name());
    std::ranges::replace_if(name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
    return name + "_" + std::string(to_string(way.param.mode));
}

}  // namespace dmaload::test
