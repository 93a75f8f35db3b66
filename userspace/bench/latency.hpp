// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a load may take, not only how long it mostly takes.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// Loads below which nothing is said about the slowest ones.
inline constexpr std::size_t kEnoughForBand = 30;

/// Where the loads of one row lie; nanoseconds.
struct Band {
    double min = 0;
    double p50 = 0;
    double p95 = 0;  ///< 95 of 100 loads took no longer
    double max = 0;
    std::size_t count = 0;
};

/// Of the cold and verified loads; nothing where there are fewer than
/// kEnoughForBand of them.
[[nodiscard]] std::optional<Band> band_of(const Row& row);

/// Whether loads meet a deadline.
enum class Meets { always, sometimes, never, unknown };

[[nodiscard]] std::string_view to_string(Meets meets);

/// What the loads of the row did; one that failed has not met it. Unknown
/// with fewer loads than kEnoughForBand.
[[nodiscard]] Meets meets(const Row& row, std::chrono::nanoseconds deadline);

/// Loads of the row that count for a deadline: those that were cold and
/// verified, and those that failed.
[[nodiscard]] std::size_t loads_of(const Row& row);

/// How many of the row's loads met it.
[[nodiscard]] std::size_t loads_within(const Row& row, std::chrono::nanoseconds deadline);

/// The answer of meets() and the loads behind it: "always (30 of 30)"; with too
/// few, how many of those that are wanted: "too few loads (15 of 30); 15 within".
[[nodiscard]] std::string describe_meets(const Row& row, std::chrono::nanoseconds deadline);

}  // namespace dmaload::bench
