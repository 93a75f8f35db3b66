// SPDX-License-Identifier: Apache-2.0
#include "bench/spinners.hpp"

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

namespace dmaload::bench {

struct alignas(64) Spinners::Slot {  // a cache line each: they are not to slow each other down
    std::atomic<std::uint64_t> turns = 0;
};

namespace {

std::vector<int> usable_cpus()
{
    std::vector<int> cpus;
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set))
            cpus.push_back(cpu);
    }
    return cpus;
}

Result<void> stay_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        return fail("sched_setaffinity", "CPU " + std::to_string(cpu), errno);
    return {};
}

[[noreturn]] void spin(std::atomic<std::uint64_t>& turns)
{
    // Some microseconds a turn, so that counting costs nothing beside it.
    constexpr int kWork = 1000;
    volatile std::uint64_t value = 0;
    for (;;) {
        for (int i = 0; i < kWork; ++i)
            value = value + 1;
        turns.fetch_add(1, std::memory_order_relaxed);
    }
}

}  // namespace

std::chrono::nanoseconds lost_turns(const SpinCount& rested, const SpinCount& before, const SpinCount& after)
{
    const auto wall = static_cast<double>((after.now - before.now).count());
    const auto rest = static_cast<double>((before.now - rested.now).count());
    double lost = 0;
    for (std::size_t i = 0; i < before.turns.size(); ++i) {
        const auto at_rest = static_cast<double>(before.turns[i] - rested.turns[i]);
        const auto done = static_cast<double>(after.turns[i] - before.turns[i]);
        if (at_rest > 0)
            lost += std::max(0.0, wall - done * rest / at_rest);
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(lost));
}

std::chrono::nanoseconds off_cpu(const SpinCount& before, const SpinCount& after)
{
    const auto all = (after.now - before.now) * static_cast<std::int64_t>(before.turns.size());
    return std::max(std::chrono::nanoseconds(0), all - (after.cpu - before.cpu));
}

Result<Spinners> Spinners::start()
{
    const std::vector<int> cpus = usable_cpus();
    void* const memory =
        mmap(nullptr, cpus.size() * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return fail("mmap", "counters of spinners", errno);
    Spinners spinners(new (memory) Slot[cpus.size()], cpus.size());
    for (std::size_t i = 0; i < cpus.size(); ++i) {
        auto child = Child::start([&] { return stay_on(cpus[i]); }, [&] { spin(spinners.slots_[i].turns); });
        if (!child)
            return std::unexpected(child.error());
        spinners.children_.push_back(std::move(*child));
    }
    return spinners;
}

SpinCount Spinners::read() const
{
    SpinCount count{.now = std::chrono::steady_clock::now().time_since_epoch()};
    for (const Slot& slot : std::span(slots_, count_))
        count.turns.push_back(slot.turns.load(std::memory_order_relaxed));
    for (const Child& child : children_)
        count.cpu += child.cpu_time();
    return count;
}

Spinners::Spinners(Spinners&& other) noexcept
    : slots_(std::exchange(other.slots_, nullptr)),
      count_(other.count_),
      children_(std::move(other.children_))
{
}

Spinners::~Spinners()
{
    children_.clear();
    if (slots_ != nullptr)
        munmap(slots_, count_ * sizeof(Slot));
}

}  // namespace dmaload::bench
