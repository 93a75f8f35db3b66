// SPDX-License-Identifier: Apache-2.0
/// \file
/// In which order cells are measured, and when there is enough.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/stats.hpp"

namespace dmaload::bench {

/// How much to measure.
struct Plan {
    int min_rounds = 7;
    int max_rounds = 40;
    /// A size is done when every cell's 95 % interval is narrower than this
    /// part of its median: the question asked is "which is faster, by how much".
    double precision = 0.05;
    /// No round beyond min_rounds starts when it would end after this much time.
    std::chrono::nanoseconds budget = std::chrono::minutes(5);
};

/// One method in one mode at one size; the caller knows what the index means.
struct ScheduledCell {
    std::size_t index = 0;
    std::uint64_t size = 0;
};

/// Deals out cells: two warm-up passes, then rounds; in each of them every
/// unfinished cell once, in random order. A size ends as a whole, so that
/// ratios within a round always have both their sides.
class Schedule {
public:
    struct Turn {
        std::size_t cell = 0;
        int round = 0;    ///< 0 in warm-ups, 1 and up in rounds
        int warm_up = 0;  ///< 1 or 2 in warm-ups, 0 in rounds
    };

    Schedule(const std::vector<ScheduledCell>& cells, Plan plan, std::uint64_t seed);

    /// What to measure next, or nothing when all is done. \p elapsed counts
    /// from the start of the whole run.
    [[nodiscard]] std::optional<Turn> next(std::chrono::nanoseconds elapsed);

    /// Takes the result of a turn: what the question is about, and how long
    /// the turn took with everything around it. A failed or discarded sample
    /// has no value.
    void record(const Turn& turn, std::optional<double> value, std::chrono::nanoseconds cost);

    /// A cell that failed and is not to be tried again.
    void drop(std::size_t cell);

    /// Best guess of what is left. Between the minimum and the maximum number
    /// of rounds nobody knows; the guess assumes that the budget will be used.
    [[nodiscard]] std::chrono::nanoseconds time_left(std::chrono::nanoseconds elapsed) const;

    /// Whether rounds ended because of the budget, not because of precision.
    [[nodiscard]] bool budget_spent() const { return budget_spent_; }
    [[nodiscard]] int round() const { return round_; }

private:
    struct Cell {
        ScheduledCell what;
        std::vector<double> values;
        std::chrono::nanoseconds cost{};  ///< of the latest turn
        bool dropped = false;
        bool done = false;
    };

    void deal();
    void finish_sizes();
    [[nodiscard]] std::chrono::nanoseconds round_cost() const;

    std::vector<Cell> cells_;
    Plan plan_;
    Random random_;
    std::vector<std::size_t> hand_;  ///< positions in cells_, taken from the back
    int warm_up_ = 0;
    int round_ = 0;
    bool over_ = false;
    bool budget_spent_ = false;
};

}  // namespace dmaload::bench
