// SPDX-License-Identifier: Apache-2.0
/// \file
/// What no way of loading can undercut: the disk's own time, and a reader that
/// does nothing but read.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/test_file.hpp"

namespace dmaload::bench {

/// A disk whose rate and latency are known: a serial link plus a fixed delay.
struct DiskModel {
    std::uint64_t rate = 0;                ///< bytes a second
    std::chrono::microseconds latency{0};  ///< of each request

    /// The least time in which it can deliver \p size bytes.
    [[nodiscard]] std::chrono::nanoseconds time_for(std::uint64_t size) const;
};

/// How the reader keeps the disk busy.
struct ReaderSetting {
    std::uint64_t block = 0;  ///< bytes of each read
    unsigned depth = 0;       ///< reads in flight

    [[nodiscard]] std::string name() const;
};

/// The settings tried for a file of this size: those that differ on it.
[[nodiscard]] std::vector<ReaderSetting> reader_settings(std::uint64_t size);

/// Reads a whole file by io_uring and O_DIRECT into memory that is there
/// before: huge pages where the system gives them, touched and registered, so
/// that nothing is left but the reads.
class Reader {
public:
    /// Allocates, touches and registers memory for files of up to \p size bytes.
    [[nodiscard]] static Result<Reader> create(std::uint64_t size);

    /// Time from open of the file until its last byte has arrived.
    [[nodiscard]] Result<std::chrono::nanoseconds> read(const TestFile& file, ReaderSetting setting);

    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) = delete;
    Reader(const Reader&) = delete;
    ~Reader();

private:
    struct State;
    explicit Reader(State* state) : state_(state) {}
    State* state_;
};

/// One run of the reader.
struct ReaderRun {
    std::uint64_t size = 0;
    ReaderSetting setting;
    std::chrono::nanoseconds total{};
    std::chrono::nanoseconds cpu{};  ///< busy time of all CPUs meanwhile
    bool cold = false;
};

/// What stands in the table as the limit.
struct Limit {
    std::chrono::nanoseconds total{};
    std::string by;
};

/// The smallest of the disk model's time and the cold reader runs of this size.
[[nodiscard]] std::optional<Limit> smallest(std::uint64_t size, const std::optional<DiskModel>& disk,
                                            const std::vector<ReaderRun>& runs);

}  // namespace dmaload::bench
