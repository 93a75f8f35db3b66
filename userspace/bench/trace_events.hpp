// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernel's dma_heap tracepoints as text, parsed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// One event of a load. What the events mean stands at the kernel's tracepoints.
struct TraceEvent {
    enum class Kind { begin, gather, submit, submitted, complete, wait, reap, finish, end };

    Kind kind = Kind::begin;
    std::chrono::nanoseconds time{};  ///< of the trace clock; in whole microseconds
    int thread = 0;                   ///< that ran when it happened; of a completion, any
    int cpu = 0;
    std::string call;                            ///< tells simultaneous loads apart
    std::map<std::string, std::int64_t> fields;  ///< the others by name; all that the kind has are there

    [[nodiscard]] std::int64_t field(const std::string& name) const { return fields.at(name); }
};

[[nodiscard]] std::string_view to_string(TraceEvent::Kind kind);

/// Reads the text of tracefs' file "trace". Lines of other events are passed
/// over. Fails where events were lost, and where one lacks a field.
[[nodiscard]] Result<std::vector<TraceEvent>> parse_trace(std::string_view text);

/// The events of one call, in order: that of \p thread, or the only one there
/// is (in a container the kernel's thread numbers are not ours). Fails where
/// no whole call is there, and where several are and none is the thread's.
[[nodiscard]] Result<std::vector<TraceEvent>> select_call(const std::vector<TraceEvent>& events, int thread);

/// An event as an object; its time counts from \p zero.
[[nodiscard]] nlohmann::json to_json(const TraceEvent& event, std::chrono::nanoseconds zero);

}  // namespace dmaload::bench
