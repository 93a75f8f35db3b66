// SPDX-License-Identifier: Apache-2.0
/// \file
/// The files that a benchmark run loads.
#pragma once

#include <vector>

#include <dmaload/error.hpp>

#include "bench/progress.hpp"
#include "bench/run.hpp"
#include "bench/test_file.hpp"

namespace dmaload::bench {

/// What one sample loads: a file, or several of one size at once.
using Files = std::vector<TestFile>;

/// The files that the options name or, where they name none, made ones; in
/// either case as many of each size as are loaded at once. All of them are
/// read for that. A file that is one too many, or missing, is an error.
[[nodiscard]] Result<std::vector<Files>> prepare_files(const RunOptions& options, Progress& progress);

}  // namespace dmaload::bench
