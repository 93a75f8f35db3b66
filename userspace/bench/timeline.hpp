// SPDX-License-Identifier: Apache-2.0
/// \file
/// What happened when during one load, made of its trace events.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>

#include "bench/trace_events.hpp"

namespace dmaload::bench {

/// What the caller of a load does; one of them at any time.
enum class Activity { alloc, submit, wait, map };

[[nodiscard]] std::string_view to_string(Activity activity);

/// A stretch of time; of a load, both ends count from its begin.
struct Span {
    Activity what = Activity::alloc;
    std::chrono::nanoseconds begin{};
    std::chrono::nanoseconds end{};
};

/// One read of a load. Times count from the load's begin.
struct Batch {
    std::int64_t number = 0;
    std::int64_t offset = 0;  ///< in the buffer, bytes
    std::int64_t length = 0;  ///< bytes
    std::int64_t segments = 0;
    std::int64_t result = 0;               ///< bytes read, or a negative errno
    bool queued = false;                   ///< false: complete when its submission returned
    std::chrono::nanoseconds gather{};     ///< its first page was asked for
    std::chrono::nanoseconds submit{};     ///< submission began
    std::chrono::nanoseconds submitted{};  ///< submission returned
    std::chrono::nanoseconds complete{};
    std::chrono::nanoseconds reap{};  ///< the caller took it
};

/// One load.
struct Timeline {
    std::chrono::nanoseconds total{};  ///< begin to end of the call
    std::int64_t bytes = 0;            ///< read
    std::int64_t error = 0;            ///< 0, or a negative errno
    bool direct = false;
    bool async = false;   ///< reads are queued, not waited for one by one
    bool zeroed = false;  ///< all pages were cleared before they were read into
    std::vector<Span> caller;
    std::vector<Batch> batches;  ///< in the order of submission

    /// The caller's time by what it did; the sum is the total.
    [[nodiscard]] Phases phases() const;
    /// How long at least one read was between submission and completion.
    [[nodiscard]] std::chrono::nanoseconds reading() const;
    /// The most bytes in flight at once.
    [[nodiscard]] std::int64_t most_in_flight() const;
    /// For each batch a lane in which no other is in flight meanwhile; as few
    /// lanes as there are batches in flight at once.
    [[nodiscard]] std::vector<std::size_t> lanes() const;
};

/// Puts the events of one whole call together, as select_call() returns them.
[[nodiscard]] Result<Timeline> make_timeline(std::span<const TraceEvent> events);

/// Everything in a timeline, times in nanoseconds.
[[nodiscard]] nlohmann::json to_json(const Timeline& timeline);

/// The timeline that to_json() made the object of.
[[nodiscard]] Result<Timeline> timeline_from_json(const nlohmann::json& object);

}  // namespace dmaload::bench
