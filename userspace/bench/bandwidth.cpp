// SPDX-License-Identifier: Apache-2.0
#include "bench/bandwidth.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>

#include "bench/environment.hpp"
#include "bench/page_cache.hpp"

namespace dmaload::bench {

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

struct Unmap {
    std::size_t length;
    void operator()(std::byte* memory) const noexcept { munmap(memory, length); }
};
using Memory = std::unique_ptr<std::byte, Unmap>;

/// Not of malloc(3), which may keep what is freed, and then gives it touched to
/// a way of loading that is measured later.
Memory map_memory(std::size_t length)
{
    void* const memory = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return {memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory), Unmap{length}};
}

/// Bytes a second of the quickest of a few passes: others were disturbed.
template <class Pass>
std::uint64_t best_of(std::uint64_t bytes, const std::byte* written, Pass pass)
{
    using Clock = std::chrono::steady_clock;
    constexpr int kPasses = 3;
    auto best = Clock::duration::max();
    for (int i = 0; i < kPasses; ++i) {
        const auto start = Clock::now();
        pass();
        // Nobody reads it, and the compiler must not see that.
        asm volatile("" : : "r"(written) : "memory");
        best = std::min(best, Clock::now() - start);
    }
    const double seconds = std::chrono::duration<double>(std::max(best, Clock::duration(1))).count();
    return static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds);
}

}  // namespace

std::uint64_t bandwidth_bytes(std::optional<std::uint64_t> available, bool emulated)
{
    const bool little = available.value_or(0) < 512 * kMiB;
    return (little || emulated ? 16 : 64) * kMiB;
}

Result<Bandwidth> measure_bandwidth(std::uint64_t bytes)
{
    const Memory from = map_memory(bytes);
    const Memory to = map_memory(bytes);
    if (!from || !to)
        return fail("map memory for", "the bandwidth", ENOMEM);
    // Page faults are not what is measured.
    std::memset(from.get(), 1, bytes);
    std::memset(to.get(), 1, bytes);
    Bandwidth bandwidth{.bytes = bytes};
    bandwidth.copy = best_of(bytes, to.get(), [&] { std::memcpy(to.get(), from.get(), bytes); });
    bandwidth.clear = best_of(bytes, to.get(), [&] { std::memset(to.get(), 0, bytes); });
    return bandwidth;
}

nlohmann::json to_json(const Bandwidth& bandwidth)
{
    return {{"bytes", bandwidth.bytes},
            {"copy_bytes_per_s", bandwidth.copy},
            {"clear_bytes_per_s", bandwidth.clear}};
}

nlohmann::json calibrate()
{
    const auto memory = read_meminfo();
    const auto available = memory ? std::optional(memory->available) : std::nullopt;
    const auto bandwidth = measure_bandwidth(bandwidth_bytes(available, hypervisor() == "TCG"));
    if (!bandwidth)
        return {{"error", bandwidth.error().message()}};
    return to_json(*bandwidth);
}

}  // namespace dmaload::bench
