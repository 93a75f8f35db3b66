// SPDX-License-Identifier: Apache-2.0
#include "bench/schedule.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dmaload::bench {

namespace {
constexpr int kWarmUps = 2;
}

Schedule::Schedule(const std::vector<ScheduledCell>& cells, Plan plan, std::uint64_t seed)
    : plan_(plan), random_(seed)
{
    for (const ScheduledCell& cell : cells) {
        Cell entry;
        entry.what = cell;
        cells_.push_back(std::move(entry));
    }
    over_ = cells_.empty();
}

void Schedule::deal()
{
    hand_.clear();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (!cells_[i].done && !cells_[i].dropped)
            hand_.push_back(i);
    }
    for (std::size_t i = hand_.size(); i > 1; --i)
        std::swap(hand_[i - 1], hand_[random_.below(i)]);
}

void Schedule::finish_sizes()
{
    std::set<std::uint64_t> unfinished;
    for (const Cell& cell : cells_) {
        if (cell.dropped || cell.done)
            continue;
        // A cell without values (every sample discarded) cannot hold up the rest.
        if (!cell.values.empty() && estimate(cell.values).relative_width() > plan_.precision)
            unfinished.insert(cell.what.size);
    }
    for (Cell& cell : cells_) {
        if (!unfinished.contains(cell.what.size))
            cell.done = true;
    }
}

std::chrono::nanoseconds Schedule::round_cost() const
{
    std::chrono::nanoseconds sum{};
    for (const Cell& cell : cells_) {
        if (!cell.done && !cell.dropped)
            sum += cell.cost;
    }
    return sum;
}

std::optional<Schedule::Turn> Schedule::next(std::chrono::nanoseconds elapsed)
{
    while (!over_ && hand_.empty()) {
        if (warm_up_ < kWarmUps) {
            ++warm_up_;
        } else {
            if (round_ >= plan_.min_rounds) {
                finish_sizes();
                if (round_cost().count() > 0 && elapsed + round_cost() > plan_.budget)
                    over_ = budget_spent_ = true;
            }
            if (round_ >= plan_.max_rounds)
                over_ = true;
            if (over_)
                break;
            ++round_;
        }
        deal();
        if (hand_.empty())
            over_ = true;
    }
    while (!hand_.empty()) {
        const Cell& cell = cells_[hand_.back()];
        if (!cell.dropped)
            return Turn{cell.what.index, round_, round_ == 0 ? warm_up_ : 0};
        hand_.pop_back();
    }
    return over_ ? std::nullopt : next(elapsed);
}

void Schedule::record(const Turn& turn, std::optional<double> value, std::chrono::nanoseconds cost)
{
    if (!hand_.empty() && cells_[hand_.back()].what.index == turn.cell)
        hand_.pop_back();
    for (Cell& cell : cells_) {
        if (cell.what.index != turn.cell)
            continue;
        cell.cost = cost;
        if (value && turn.warm_up == 0)
            cell.values.push_back(*value);
    }
}

void Schedule::drop(std::size_t index)
{
    for (Cell& cell : cells_) {
        if (cell.what.index == index)
            cell.dropped = true;
    }
}

std::chrono::nanoseconds Schedule::time_left(std::chrono::nanoseconds elapsed) const
{
    if (over_)
        return {};
    std::chrono::nanoseconds rest{};
    for (const std::size_t i : hand_) {
        if (!cells_[i].dropped)
            rest += cells_[i].cost;
    }
    const int certain = std::max(0, plan_.min_rounds - round_) + (round_ == 0 ? kWarmUps - warm_up_ : 0);
    rest += round_cost() * certain;
    const int possible = std::max(0, plan_.max_rounds - std::max(round_, plan_.min_rounds));
    const auto spare = std::max(std::chrono::nanoseconds{}, plan_.budget - elapsed - rest);
    return rest + std::min(spare, round_cost() * possible);
}

}  // namespace dmaload::bench
