// SPDX-License-Identifier: Apache-2.0
/// \file
/// The fixture of tests in which something happens beside a load.
#pragma once

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "leaks.hpp"
#include "load_case.hpp"

namespace faults {

/// What a buffer may hold.
using Check = std::function<::testing::AssertionResult(Load& load)>;

/// Something that happens during a load.
struct Meanwhile {
    std::function<bool()> is_due{};
    std::function<void()> action{};
};

class LoadTest : public ::testing::TestWithParam<LoadCase> {
protected:
    /// The pages that the suite's tests leave behind are counted.
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    void SetUp() override { heap_ = contract::open_heap(GetParam().heap); }

    [[nodiscard]] int heap() const { return heap_.get(); }

    /// Makes one load and looks at what is in the buffer, if there is one,
    /// and at what is left when it is gone.
    [[nodiscard]] contract::Errno load(const Source& source, const Meanwhile& meanwhile = {},
                                       const Check& check = &Load::take_and_compare) const;

private:
    static std::unique_ptr<PageOwners> pages_;
    contract::UniqueFd heap_;
};

}  // namespace faults
