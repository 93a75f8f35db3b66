// SPDX-License-Identifier: Apache-2.0
/// \file
/// The part of a benchmark run that gives each method its best settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/limit_run.hpp"
#include "bench/progress.hpp"
#include "bench/results.hpp"
#include "bench/run.hpp"
#include "bench/sample.hpp"

namespace dmaload::bench {

/// A method with one of its settings, and how long its loads took.
struct TriedSetting {
    const Method* way = nullptr;  ///< the method as it is, or a variant of it
    std::vector<std::chrono::nanoseconds> loads;
};

/// The one with the shortest load of all, or nullptr where none has any. What
/// a setting can do counts here; what it does mostly, the rounds show.
[[nodiscard]] const TriedSetting* best_of(std::span<const TriedSetting> tried);

/// A rival is to be held against as its best user would have it on this disk
/// and at this size, whatever the author of its defaults thought.
/// Everything that it is given must outlive it.
class SettingsRun {
public:
    /// \p seed: of the order in which settings are tried.
    SettingsRun(const RunLabel& label, Progress& progress, Journal& journal, std::uint64_t seed)
        : label_(label), progress_(progress), journal_(journal), random_(seed)
    {
    }

    /// Tries the method and all of its variants at the files, sets
    /// subject.setting, and journals what each of them took. A subject without
    /// variants is left as it is, and so is one that cannot load.
    [[nodiscard]] Result<void> choose(Subject& subject, const Files& files);

private:
    const RunLabel& label_;
    Progress& progress_;
    Journal& journal_;
    std::mt19937_64 random_;
};

}  // namespace dmaload::bench
