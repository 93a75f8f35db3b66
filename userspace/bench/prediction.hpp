// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the model of overlapped loading says that a load must take.
#pragma once

#include <chrono>
#include <optional>

#include "bench/limit.hpp"
#include "bench/timeline.hpp"

namespace dmaload::bench {

/// The parts of a load whose reads overlap the allocation.
struct Prediction {
    std::chrono::nanoseconds first_batch{};  ///< until the first read was submitted
    std::chrono::nanoseconds io{};           ///< the disk's time for all bytes
    std::chrono::nanoseconds rest{};         ///< what the caller did afterwards but wait, up to its last read
    std::chrono::nanoseconds last_io{};      ///< the disk's time for the last batch
    std::chrono::nanoseconds finish{};       ///< from the last byte to the dma-buf

    /// first_batch + max(io, rest + last_io) + finish
    [[nodiscard]] std::chrono::nanoseconds total() const;
};

/// For a traced load from a disk of known speed; nothing where its reads were
/// not left to complete by themselves, as then nothing overlaps.
[[nodiscard]] std::optional<Prediction> predict(const Timeline& load, const DiskModel& disk);

}  // namespace dmaload::bench
