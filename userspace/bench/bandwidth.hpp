// SPDX-License-Identifier: Apache-2.0
/// \file
/// How fast this machine's CPU copies and clears memory: what a result says of
/// it, so that the figures of two machines, or of two boots, can be compared.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Bytes a second, of one thread in ordinary memory that was touched before.
struct Bandwidth {
    std::uint64_t bytes = 0;  ///< that each pass went over
    std::uint64_t copy = 0;   ///< by memcpy(3); bytes copied, each of which is read and written
    std::uint64_t clear = 0;  ///< by memset(3)
};

/// How many bytes to measure with: 64 MB, which caches do not hold. 16 MB where
/// less than 512 MB are \p available or nobody knows how much, and on an
/// \p emulated CPU, which takes long and is not limited by caches.
[[nodiscard]] std::uint64_t bandwidth_bytes(std::optional<std::uint64_t> available, bool emulated);

/// The best of three passes each over \p bytes, at least 1. Takes twice the
/// memory, and has given it back when it returns; fails where there is not so
/// much.
[[nodiscard]] Result<Bandwidth> measure_bandwidth(std::uint64_t bytes);

/// {"bytes", "copy_bytes_per_s", "clear_bytes_per_s"}
[[nodiscard]] nlohmann::json to_json(const Bandwidth& bandwidth);

/// The same of this machine as it is now, or {"error"} where it cannot be
/// measured. Takes a fifth of a second on a slow machine.
[[nodiscard]] nlohmann::json calibrate();

}  // namespace dmaload::bench
