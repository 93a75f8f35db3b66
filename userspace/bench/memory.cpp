// SPDX-License-Identifier: Apache-2.0
#include "bench/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <dmaload/heap.hpp>

#include "bench/page_cache.hpp"

namespace dmaload::bench {

namespace {

std::uint64_t available()
{
    const auto info = read_meminfo();
    return info ? info->available : 0;
}

}  // namespace

AvailableWatch::AvailableWatch() : start_(available()), lowest_(start_), thread_([this] { watch(); }) {}

AvailableWatch::~AvailableWatch()
{
    if (thread_.joinable())
        (void)stop();
}

void AvailableWatch::watch()
{
    while (!stopping_.load(std::memory_order_relaxed)) {
        lowest_ = std::min(lowest_, available());
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
}

std::uint64_t AvailableWatch::stop()
{
    stopping_.store(true, std::memory_order_relaxed);
    thread_.join();
    lowest_ = std::min(lowest_, available());  // the buffer is still there now
    return start_ - lowest_;
}

std::uint64_t plain_allocation_drop(const std::string& heap_name, std::uint64_t size)
{
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::uint64_t whole_pages = (size + page - 1) / page * page;
    const auto heap = Heap::open(heap_name);
    if (!heap)
        return whole_pages;
    AvailableWatch watch;
    const auto buffer = heap->allocate(size);
    const std::uint64_t drop = watch.stop();
    return buffer ? drop : whole_pages;
}

}  // namespace dmaload::bench
