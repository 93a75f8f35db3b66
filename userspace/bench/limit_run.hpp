// SPDX-License-Identifier: Apache-2.0
/// \file
/// The part of a benchmark run that measures the limit, and fio beside it.
#pragma once

#include <span>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/cpu_time.hpp"
#include "bench/limit.hpp"
#include "bench/progress.hpp"
#include "bench/results.hpp"
#include "bench/run.hpp"
#include "bench/run_files.hpp"

namespace dmaload::bench {

/// Everything that it is given must outlive it.
class LimitRun {
public:
    LimitRun(const RunOptions& options, const RunLabel& label, std::span<const Files> files,
             const CpuClock& cpu, Progress& progress, Journal& journal)
        : options_(options), label_(label), files_(files), cpu_(cpu), progress_(progress), journal_(journal)
    {
    }

    /// Measures for each size what the options ask for, and journals it. Who
    /// cannot read here is named, and the run goes on.
    [[nodiscard]] Result<void> measure();

private:
    Result<void> measure_readers(std::vector<ReaderRun>& runs);
    Result<void> read_size(Reader& reader, const TestFile& file, std::vector<ReaderRun>& runs);
    Result<void> measure_fio();
    Result<void> repeat_fio(const std::string& job, const TestFile& file);

    const RunOptions& options_;
    const RunLabel& label_;
    std::span<const Files> files_;
    const CpuClock& cpu_;
    Progress& progress_;
    Journal& journal_;
};

}  // namespace dmaload::bench
