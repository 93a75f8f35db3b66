// SPDX-License-Identifier: Apache-2.0
/// \file
/// Result files. While it measures, the benchmark appends one JSON object a
/// line to a journal, and each line is on the storage before the next sample
/// starts: a dead machine or Ctrl-C loses nothing. The result file proper is
/// put together from journals afterwards.
///
/// Its spine (more may stand beside it):
///   {"schema": 1, "context": {...},
///    "limits": [{"scenario", "disk_rate", "size", "total_ns", "by"}],
///    "samples": [{"scenario", "method", "mode", "path_taken", "size", "disk_rate", "round",
///                 "cold", "verified", "total_ns", "cpu_ns", "cpu_resolution_ns",
///                 "page_cache_bytes", "extra_memory_bytes", "phases"}],
///    "unavailable": [{"method", "reason"}]}
/// "steal_ns" of a sample is the CPU time that a host kept for itself meanwhile, in clock ticks.
/// Samples of several loads at once have "loads_ns", the end of each; those beside
/// spinners "neighbours_lost_ns" and "neighbours_off_cpu_ns"; those in fragmented memory "large_free_pages".
/// "kills" has the loads that were killed: "after_ns", "ended_ns", "finished".
/// "settings" has what the settings took that a method was tried with before the rounds,
/// the "chosen" one among them; samples whose setting is not the method's own name it in "setting".
/// "phases_from" of a sample says whether its phases are its own ("load") or those of
/// a load beside it, not timed, that the kernel traced ("trace"): all of these are in "traces",
/// with the "prediction" of its time where the disk's speed is known.
/// "disk_model" and "guests" hold what scripts/bench knows of each boot: how punctual the disk model was
/// ("reads", "in_time_share", "late_limit_ns", "max_late_ns" ...), and the "accelerator" of the guest and
/// "why".
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

#include "bench/fio.hpp"
#include "bench/killed_load.hpp"
#include "bench/limit.hpp"
#include "bench/prediction.hpp"
#include "bench/sample.hpp"
#include "bench/timeline.hpp"

namespace dmaload::bench {

inline constexpr int kSchema = 1;

/// What all lines of one run have in common.
struct RunLabel {
    std::string scenario;
    std::optional<std::uint64_t> disk_rate;  ///< bytes a second, where the disk is a model
};

/// One line of a journal each; "kind" says into which list it goes.
[[nodiscard]] nlohmann::json context_record(const RunLabel& label, nlohmann::json context);
[[nodiscard]] nlohmann::json sample_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                                           int round, const Sample& sample,
                                           std::chrono::nanoseconds cpu_resolution,
                                           std::optional<std::uint64_t> extra_memory);
[[nodiscard]] nlohmann::json trace_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                                          const Timeline& timeline,
                                          const std::optional<Prediction>& prediction);
[[nodiscard]] nlohmann::json failure_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                                            int round, const std::string& error);
[[nodiscard]] nlohmann::json unavailable_record(const RunLabel& label, const Subject& subject,
                                                const std::string& reason);
[[nodiscard]] nlohmann::json reader_record(const RunLabel& label, const ReaderRun& run);
[[nodiscard]] nlohmann::json fio_record(const RunLabel& label, const FioRun& run);
[[nodiscard]] nlohmann::json limit_record(const RunLabel& label, std::uint64_t size, const Limit& limit);
[[nodiscard]] nlohmann::json kill_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                                         const KilledLoad& killed);
[[nodiscard]] nlohmann::json setting_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                                            std::string_view setting,
                                            std::span<const std::chrono::nanoseconds> loads, bool chosen);
[[nodiscard]] nlohmann::json end_record(const RunLabel& label, const std::string& status);

/// The file that lines are appended to.
class Journal {
public:
    /// Starts an empty journal.
    [[nodiscard]] static Result<Journal> create(const std::string& path);
    /// Appends one line and waits until it is stored.
    [[nodiscard]] Result<void> append(const nlohmann::json& record);

private:
    Journal(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    std::string path_;
    UniqueFd fd_;
};

/// Puts the lines of one or several journals together.
[[nodiscard]] nlohmann::json assemble(std::span<const nlohmann::json> records);

/// Several results as one: lists are joined; "contexts" keeps each one's own.
[[nodiscard]] nlohmann::json merge(std::span<const nlohmann::json> results);

/// Reads a result file or a journal; whichever it is, a result comes out. A
/// journal's torn last line is left out.
[[nodiscard]] Result<nlohmann::json> load_result(const std::string& path);

/// The error of a result whose fields are not of the types that they should be.
[[nodiscard]] std::unexpected<Error> wrong_fields(const nlohmann::json::exception& error);

/// Writes a result file; it appears whole or not at all.
[[nodiscard]] Result<void> write_result(const std::string& path, const nlohmann::json& result);

}  // namespace dmaload::bench
