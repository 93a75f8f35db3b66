// SPDX-License-Identifier: Apache-2.0
#include "bench/condition.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <utility>

#include "bench/competing_reader.hpp"

namespace dmaload::bench {

namespace {

void repeat(const std::string& command)
{
    constexpr auto kBetween = std::chrono::milliseconds(10);  // a command that fails at once must not spin
    for (;;) {
        if (std::system(command.c_str()) != 0)
            std::this_thread::sleep_for(kBetween);
    }
}

std::optional<std::uint64_t> large_free_pages()
{
    const auto blocks = read_free_blocks();
    if (!blocks)
        return std::nullopt;
    return free_pages_from(*blocks, kHeapOrder);
}

}  // namespace

Result<Condition> Condition::create(const ConditionOptions& options, const std::string& heap)
{
    Condition condition;
    if (options.eaten_percent > 0) {
        auto eaten = EatenMemory::eat(options.eaten_percent);
        if (!eaten)
            return std::unexpected(eaten.error());
        condition.description_["eaten_bytes"] = eaten->bytes();
        condition.eaten_.emplace(std::move(*eaten));
    }
    if (options.fragmented) {
        auto fragmented = FragmentedMemory::fragment(heap);
        if (!fragmented)
            return std::unexpected(fragmented.error());
        condition.fragmented_.emplace(std::move(*fragmented));
        if (const auto blocks = read_free_blocks())
            condition.description_["free_blocks"] = *blocks;
    }
    if (options.busy) {
        auto spinners = Spinners::start();
        if (!spinners)
            return std::unexpected(spinners.error());
        condition.description_["spinners"] = spinners->read().turns.size();
        condition.spinners_.emplace(std::move(*spinners));
    }
    if (!options.command.empty()) {
        auto child = Child::start([] { return Result<void>(); }, [&] { repeat(options.command); });
        if (!child)
            return std::unexpected(child.error());
        condition.description_["while"] = options.command;
        condition.command_.emplace(std::move(*child));
    }
    if (!options.read_file.empty()) {
        auto reader = start_competing_reader(options.read_file);
        if (!reader)
            return std::unexpected(reader.error());
        condition.description_["read_file"] = options.read_file;
        condition.reader_.emplace(std::move(*reader));
    }
    return condition;
}

Result<Condition::Before> Condition::before()
{
    constexpr auto kRest = std::chrono::milliseconds(100);
    Before before;
    if (fragmented_) {
        if (const auto renewed = fragmented_->renew(); !renewed)
            return std::unexpected(renewed.error());
        before.large_free_pages = large_free_pages();
    }
    if (spinners_) {
        before.rested = spinners_->read();
        std::this_thread::sleep_for(kRest);
        before.spun = spinners_->read();
    }
    return before;
}

Observed Condition::after(const Before& before) const
{
    Observed observed;
    observed.large_free_pages = before.large_free_pages;
    if (spinners_ && before.rested && before.spun) {
        const SpinCount now = spinners_->read();
        observed.neighbours_lost = lost_turns(*before.rested, *before.spun, now);
        observed.neighbours_off_cpu = off_cpu(*before.spun, now);
    }
    return observed;
}

}  // namespace dmaload::bench
