// SPDX-License-Identifier: Apache-2.0
/// \file
/// Loads of which little is in flight, so that small files do for what shall come in the middle.
#pragma once

#include <cstdint>

#include "support/content.hpp"
#include "support/gather_limit.hpp"

namespace faults {

/// While it lives, batches have at most 32 KB. As 32 of them may be in flight (WINDOW_BATCHES in the engine),
/// a file need not have more than the 8 MB that may be at first (WINDOW_START), which take seconds in an
/// emulated machine.
class SmallBatches {
public:
    /// Bytes of a file of which something is left to be read later.
    static constexpr std::uint64_t several_windows = 1280 * contract::kilobyte + 77;

    SmallBatches() { contract::require_write(contract::GatherLimit::path, "32K"); }

private:
    contract::GatherLimit before_;
};

}  // namespace faults
