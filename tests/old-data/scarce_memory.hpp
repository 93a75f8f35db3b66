// SPDX-License-Identifier: Apache-2.0
/// \file
/// A machine with little memory left.
#pragma once

#include "support/process.hpp"
#include "support/system.hpp"

namespace old_data {

/// While it lives, another process has all memory but so many bytes. May only be made where this process has
/// no other threads.
class ScarceMemory {
public:
    explicit ScarceMemory(long long left);

private:
    contract::UniqueFd taken_;
    contract::Child taker_;
};

}  // namespace old_data
