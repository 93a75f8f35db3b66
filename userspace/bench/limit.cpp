// SPDX-License-Identifier: Apache-2.0
#include "bench/limit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/units.hpp"

namespace dmaload::bench {

std::chrono::nanoseconds DiskModel::time_for(std::uint64_t size) const
{
    if (rate == 0)
        return {};
    constexpr double kLongest = 9e18;  // some 285 years: what takes longer is no more wrong by being cut
    const double seconds = static_cast<double>(size) / static_cast<double>(rate);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(seconds * 1e9, kLongest))) + latency;
}

std::string ReaderSetting::name() const
{
    return fmt::format("{} x {} in flight", format_size(block), depth);
}

std::vector<ReaderSetting> reader_settings(std::uint64_t size)
{
    constexpr std::uint64_t kib = 1024;
    const ReaderSetting candidates[] = {
        {.block = 128 * kib, .depth = 4},  {.block = 256 * kib, .depth = 16},
        {.block = 1024 * kib, .depth = 8}, {.block = 4096 * kib, .depth = 4},
        {.block = 4096 * kib, .depth = 8},
    };
    std::vector<ReaderSetting> settings;
    for (const ReaderSetting& candidate : candidates) {
        // Half a megabyte in flight is too little for anything but small files.
        if (candidate.block * candidate.depth <= 512 * kib && size > 1024 * kib)
            continue;
        // The first block that holds the whole file is as good as any larger one.
        if (settings.empty() || settings.back().block < size)
            settings.push_back(candidate);
    }
    return settings;
}

std::optional<Limit> smallest(std::uint64_t size, const std::optional<DiskModel>& disk,
                              const std::vector<ReaderRun>& runs)
{
    std::optional<Limit> limit;
    const auto offer = [&](std::chrono::nanoseconds total, std::string by) {
        if (!limit || total < limit->total)
            limit = Limit{total, std::move(by)};
    };
    if (disk && disk->rate != 0)
        offer(disk->time_for(size), "disk model");
    for (const ReaderRun& run : runs) {
        if (run.cold && run.size == size)
            offer(run.total, fmt::format("io_uring reader, {}", run.setting.name()));
    }
    return limit;
}

}  // namespace dmaload::bench
