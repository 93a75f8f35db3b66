// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "times.hpp"

namespace fuzz {
namespace {

// A million calls take long: whoever waits wants to see that they are made.
constexpr std::chrono::minutes a_while(1);
// Then it is one fault many times.
constexpr std::size_t enough_faults = 20;

const char* name_of(int result)
{
    const char* name = result == 0 ? "success" : ::strerrorname_np(result);
    return name != nullptr ? name : "?";
}

}  // namespace

Verdict Session::make(Executor& executor, const Call& call, const std::string& what)
{
    Verdict verdict = executor.run(call);
    if (verdict.left_out.empty())
        ++met_[verdict.result];
    for (const std::string& fault : verdict.faults)
        faults_.push_back(std::string(what).append(": ").append(fault).append(": ").append(to_text(call)));
    return verdict;
}

void Session::run_seeds(Executor& executor, const std::vector<Seed>& seeds)
{
    std::uint64_t made = 0;
    for (const Seed& seed : seeds) {
        const Verdict verdict = make(executor, seed.call, "seed");
        if (!verdict.left_out.empty()) {
            std::printf("# left out: %s: %s\n", verdict.left_out.c_str(), seed.line.c_str());
            continue;
        }
        ++made;
        if (!is_result(seed.result, verdict.result))
            faults_.push_back(std::string(name_of(verdict.result)) +
                              " in place of what is said: " + seed.line);
    }
    if (made == 0)
        faults_.emplace_back("no call could be made");
    report(std::to_string(made) + " calls that are kept", faults_);
}

void Session::run_random(Executor& executor, const Generator& generator, std::uint64_t seed,
                         std::uint64_t calls, std::uint64_t seconds)
{
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto told = start;
    std::map<int, std::uint64_t> results;
    Times times;
    std::uint64_t left_out = 0;
    std::uint64_t number = 0;
    for (; number < calls && faults_.size() < enough_faults; ++number) {
        const auto begin = Clock::now();
        if (seconds != 0 && begin - start > std::chrono::seconds(seconds))
            break;
        if (begin - told > a_while) {
            std::printf("# %llu calls\n", static_cast<unsigned long long>(number));
            std::fflush(stdout);
            told = begin;
        }
        const Call call = generator.make(seed, number);
        const Verdict verdict = make(executor, call, "call " + std::to_string(number));
        times.add(call, verdict, Clock::now() - begin);
        if (verdict.left_out.empty())
            ++results[verdict.result];
        else
            ++left_out;
    }
    const std::chrono::duration<double> taken = Clock::now() - start;
    print_tally(results, left_out);
    std::printf("# %.1f s; once more: --seed %llu --calls %llu\n", taken.count(),
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(calls));
    times.print(taken);
    if (number == 0)
        faults_.emplace_back("no call was made");
    report(std::to_string(number) + " calls of seed " + std::to_string(seed), faults_);
}

void Session::repeat(Executor& executor, const Call& call, std::uint64_t times)
{
    std::map<int, std::uint64_t> results;
    for (std::uint64_t i = 0; i < times && faults_.size() < enough_faults; ++i) {
        const Verdict verdict = make(executor, call, "time " + std::to_string(i));
        if (!verdict.left_out.empty()) {
            faults_.push_back("it cannot be made here: " + verdict.left_out);
            break;
        }
        ++results[verdict.result];
    }
    print_tally(results, 0);
    report(to_text(call), faults_);
}

void Session::check_errors(bool no_heap_without_reading)
{
    constexpr std::array documented{0,      EINVAL, EOPNOTSUPP, EBADF, EFBIG, ENOMEM,
                                    EMFILE, EINTR,  EIO,        E2BIG, EFAULT};
    std::vector<std::string> missing;
    for (const int result : documented)
        if (!met_.contains(result) && !(result == EOPNOTSUPP && no_heap_without_reading))
            missing.push_back(std::string("no call gave ") + name_of(result));
    report("each documented error was met", missing);
}

void Session::print_tally(const std::map<int, std::uint64_t>& results, std::uint64_t left_out) const
{
    std::printf("#");
    for (const auto& [result, count] : results)
        std::printf(" %s %llu", name_of(result), static_cast<unsigned long long>(count));
    std::printf("; %llu left out, as their buffers are large or this kernel lacks what they need\n",
                static_cast<unsigned long long>(left_out));
}

void Session::report(const std::string& name, const std::vector<std::string>& faults)
{
    std::printf("%sok %d - %s\n", faults.empty() ? "" : "not ", ++reported_, name.c_str());
    for (const std::string& fault : faults)
        std::printf("#   %s\n", fault.c_str());
    std::fflush(stdout);
    failed_ = failed_ || !faults.empty();
    faults_.clear();
}

bool Session::finish() const
{
    std::printf("1..%d\n", reported_);
    return !failed_;
}

}  // namespace fuzz
