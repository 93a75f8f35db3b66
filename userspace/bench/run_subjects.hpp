// SPDX-License-Identifier: Apache-2.0
/// \file
/// The methods, modes and stages that a benchmark run measures.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/run.hpp"
#include "bench/sample.hpp"
#include "bench/stages.hpp"

namespace dmaload::bench {

/// What a run measures.
struct RunSubjects {
    std::vector<Subject> methods;                              ///< with files of each size
    std::vector<Subject> stages;                               ///< with the largest file
    std::vector<std::pair<Subject, std::string>> unavailable;  ///< and why
    std::unique_ptr<Knobs> knobs;                              ///< where there are stages; they point there
};

/// Those that the options name, or all. What this machine cannot do is listed
/// as such; a name that does not exist is an error.
[[nodiscard]] Result<RunSubjects> choose_subjects(const RunOptions& options);

}  // namespace dmaload::bench
