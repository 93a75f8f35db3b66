// SPDX-License-Identifier: Apache-2.0
/// \file
/// A run of the fuzzer, and what it prints (Test Anything Protocol).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "executor.hpp"
#include "generator.hpp"
#include "seeds.hpp"

namespace fuzz {

class Session {
public:
    /// Makes the calls that were found to be worth it.
    void run_seeds(Executor& executor, const std::vector<Seed>& seeds);
    /// Makes that many of a seed's calls, until the time is over (0: no limit).
    void run_random(Executor& executor, const Generator& generator, std::uint64_t seed, std::uint64_t calls,
                    std::uint64_t seconds);
    /// Makes one call again and again.
    void repeat(Executor& executor, const Call& call, std::uint64_t times);
    /// Looks whether each error that is documented has been met, by any of the calls above.
    void check_errors(bool no_heap_without_reading);
    /// One result that somebody else found: \p faults are sentences.
    void report(const std::string& name, const std::vector<std::string>& faults);

    /// The plan; whether all was well.
    [[nodiscard]] bool finish() const;

private:
    /// Makes it and counts what came of it; what is wrong is kept for the next report.
    Verdict make(Executor& executor, const Call& call, const std::string& what);
    void print_tally(const std::map<int, std::uint64_t>& results, std::uint64_t left_out) const;

    std::map<int, std::uint64_t> met_{};
    std::vector<std::string> faults_{};
    int reported_ = 0;
    bool failed_ = false;
};

}  // namespace fuzz
