// SPDX-License-Identifier: Apache-2.0
/// \file
/// What `dmaload load` was asked for, and the two ways of doing it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <dmaload/loader.hpp>
#include <dmaload/ranges.hpp>

namespace dmaload::cli {

struct LoadOptions {
    std::vector<std::string> files;  ///< one behind the other
    std::vector<FileRange> ranges;   ///< behind the files
    std::string method{auto_method};
    std::optional<Mode> mode;
    std::string heap = "system";
    bool verify = false;
    bool json = false;
    std::vector<std::string> command;  ///< to be run with the dma-buf; may be empty
};

/// Loads several files, or ranges of files, into one buffer. Returns the exit
/// code of the process.
[[nodiscard]] int load_several(const LoadOptions& options);

}  // namespace dmaload::cli
