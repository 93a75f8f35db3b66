// SPDX-License-Identifier: Apache-2.0
/// \file
/// A kernel function that returns an error instead of doing anything, at its
/// n-th call.
#pragma once

#include <cstdint>
#include <string>

namespace faults {

class FailFunction {
public:
    static bool exists();

    /// \p result: what it returns.
    FailFunction(std::string function, std::int64_t result);
    FailFunction(const FailFunction&) = delete;
    FailFunction& operator=(const FailFunction&) = delete;
    ~FailFunction();

    /// Arms the n-th call from now, by whomever.
    void arm(unsigned int n) const;
    /// Whether there was one; disarms.
    [[nodiscard]] bool fired() const;

private:
    std::string function_;
};

}  // namespace faults
