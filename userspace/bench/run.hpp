// SPDX-License-Identifier: Apache-2.0
/// \file
/// A whole benchmark run: warm-ups, limit, rounds, and the journal of it all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/condition.hpp"
#include "bench/limit.hpp"
#include "bench/results.hpp"
#include "bench/schedule.hpp"

namespace dmaload::bench {

/// What `dmaload bench` was asked for.
struct RunOptions {
    std::vector<std::string> files;    ///< to load; empty: pattern files are made
    std::vector<std::uint64_t> sizes;  ///< of the pattern files
    std::string directory = ".";       ///< where pattern files are made and kept
    std::vector<std::string> methods;  ///< names; empty: all
    std::string heap = "system";
    Plan plan;
    std::uint64_t seed = 0;
    std::optional<DiskModel> disk;     ///< where the disk's rate is known
    std::string scenario = "default";  ///< what the results call this run
    std::string results = ".";         ///< folder of the journal and the result file
    std::map<std::string, std::string> notes;
    std::string host_findings;  ///< file of what the doctor found on the host of this guest; may be empty
    bool allow_clock = false;
    bool limit = true;             ///< measure the io_uring reader
    std::vector<std::string> fio;  ///< job files that are run beside it
    bool own_settings = false;     ///< methods as they are, without trying their variants
    bool quiet = false;
    bool stages = false;         ///< alloc-read's earlier forms as well, with the largest file
    unsigned at_once = 1;        ///< loads at the same time, each of a file of its own
    ConditionOptions condition;  ///< what else goes on
    int kills = 0;               ///< loads of the largest file that are killed in the middle, a method
};

/// How it ended.
struct RunOutcome {
    nlohmann::json result;
    std::string path;          ///< of the result file
    bool interrupted = false;  ///< by SIGINT or SIGTERM; what was measured is kept
};

/// Where a run keeps its journal. Its result file has the same name, but .json
/// behind it.
[[nodiscard]] std::string journal_path(const RunOptions& options);

/// Runs it. Single loads that fail or bring wrong content are in the result;
/// an error is what keeps the whole run from going on.
[[nodiscard]] Result<RunOutcome> run(const RunOptions& options);

}  // namespace dmaload::bench
