// SPDX-License-Identifier: Apache-2.0
/// \file
/// fio, so that who knows its numbers can place ours. Its memory is there
/// before and used again for each block: no dma-buf, nor any copy of the file,
/// comes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>

#include "bench/test_file.hpp"

namespace dmaload::bench {

/// fio tells whole milliseconds, so that for smaller files they say little.
inline constexpr std::uint64_t kSmallestForFio = std::uint64_t{16} << 20U;

/// One run of one job.
struct FioRun {
    std::string job;  ///< the name of its file, without folder and ending
    std::uint64_t size = 0;
    std::chrono::nanoseconds total{};  ///< of the reads, without opening the file
};

/// Runs a job file, in which $FILE is the file to read. An error where there
/// is no fio, or where it did not read all of the file.
[[nodiscard]] Result<FioRun> run_fio(const std::string& job_file, const TestFile& file);

/// The time that the only job's reads took, from what fio prints with
/// --output-format=json; an error where they were not \p size bytes.
[[nodiscard]] Result<std::chrono::nanoseconds> fio_time(std::string_view output, std::uint64_t size);

}  // namespace dmaload::bench
