// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the samples of a result to what a table and a verdict say.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>

#include "bench/stats.hpp"

namespace dmaload::bench {

/// Samples below which nothing is claimed.
inline constexpr std::size_t kEnoughSamples = 7;

/// A sample that counts, or one that was not cold and is left out.
struct Point {
    int round = 0;
    double total = 0;                   ///< nanoseconds
    double cpu = 0;                     ///< nanoseconds
    std::optional<double> device_read;  ///< bytes that the block device read meanwhile
    std::optional<double> steal;        ///< nanoseconds for which a host had the CPUs meanwhile
    std::string not_cold;               ///< why it is left out; empty: it counts
};

/// One method in one mode: a row of the table.
struct Row {
    std::string method;
    std::string mode;
    Estimate total;  ///< nanoseconds
    Estimate cpu;    ///< nanoseconds
    double cpu_resolution = 0;
    std::uint64_t page_cache = 0;               ///< bytes, median
    std::optional<std::uint64_t> extra_memory;  ///< bytes
    std::string path;      ///< "direct", "buffered", or "3 direct, 4 buffered", and what else is to be known
    std::string setting;   ///< the variant that stood for the method; empty: its own settings
    std::string settings;  ///< what was tried before, "the best of 7 settings, ..."; empty: nothing
    bool makes_dmabuf = true;  ///< false: here because others compare with it
    std::size_t buffered = 0;  ///< samples that went through the page cache
    std::size_t not_cold = 0;  ///< samples left out
    std::size_t wrong = 0;     ///< samples whose content was wrong, left out as well
    std::size_t failed = 0;    ///< loads that failed
    std::string failure;       ///< why the first of them did
    Rounds rounds;             ///< total by round
    Rounds cpu_rounds;
    Estimate speedup;           ///< of "normal": its time / this time, within a round
    bool is_normal = false;     ///< mmap-read, buffered
    bool tied_fastest = false;  ///< the fastest, or its interval overlaps the fastest's

    std::optional<Phases> phases;  ///< of a traced load
    /// What the model of overlapped loading said that traced calls must take, and what they took.
    std::optional<double> predicted;  ///< nanoseconds, median
    double traced = 0;                ///< nanoseconds, median

    std::vector<Point> points;                                ///< in the order of the result
    std::vector<std::pair<std::string, double>> phase_times;  ///< medians, nanoseconds, none of them zero
    std::map<std::string, double> extras;  ///< medians of numbers that stand beside the spine, by field
    /// 1 and as many more as there are rows whose whole interval lies below
    /// this one's; 0: too few samples to say.
    std::size_t place = 0;
    bool tied = false;  ///< another row has the same place

    [[nodiscard]] std::string name() const;  ///< "alloc-read direct"
    [[nodiscard]] std::string rank() const;  ///< "1", "2 tie", or "?" with too few samples
    [[nodiscard]] bool fell_back() const { return mode == "direct" && buffered > 0; }
    [[nodiscard]] bool enough() const { return total.count >= kEnoughSamples; }
};

/// All rows at one size and disk rate of one scenario, fastest first.
struct Group {
    std::string scenario;
    std::optional<std::uint64_t> disk_rate;
    std::uint64_t size = 0;
    std::vector<Row> rows;
    std::vector<Row> stages;      ///< alloc-read's earlier forms, first to last
    std::optional<double> limit;  ///< nanoseconds
    std::string limit_by;
    std::optional<double> reader;  ///< best cold io_uring reader, nanoseconds
    double reader_cpu = 0;         ///< and the CPU time of that run, nanoseconds; 0: not known
    std::string reader_setting;
    std::map<std::string, double> fio;  ///< best run of each job, nanoseconds

    [[nodiscard]] const Row* normal() const;
    [[nodiscard]] const Row* find(std::string_view method, std::string_view mode) const;
    [[nodiscard]] std::string disk() const;   ///< "disk 1.05 GB/s", "disk not throttled"
    [[nodiscard]] std::string title() const;  ///< "phone-like (disk 1.05 GB/s), 256 MB"
};

/// What the comparison of two rows allows to say.
enum class Verdict { faster, slower, tie, unknown };

/// Whether \p a is faster than \p b: only when their intervals do not overlap
/// and the ratio within rounds says so too.
[[nodiscard]] Verdict compare(const Row& a, const Row& b);

/// Sorts a result's samples into groups, in the order in which they came.
/// Samples that were not cold or not verified count for nothing.
[[nodiscard]] Result<std::vector<Group>> analyse(const nlohmann::json& result);

/// The disk rate that is to "normal" as a phone's storage is to its "normal":
/// four times what it reached, rounded to 50 MB/s. Bytes a second.
[[nodiscard]] std::uint64_t phone_like_rate(std::uint64_t size, double normal_ns);

/// Whether every load worked and every sample's content was right.
[[nodiscard]] bool all_verified(const nlohmann::json& result);

}  // namespace dmaload::bench
