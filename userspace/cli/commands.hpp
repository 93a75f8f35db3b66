// SPDX-License-Identifier: Apache-2.0
/// \file
/// The verbs of the command line; each is defined in the cmd_ file of its name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dmaload::cli {

/// What the process returns to its caller.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_skipped = 77;  ///< this machine cannot do it; nothing was tried

// Each adds a subcommand whose callback sets \p exit_code.
/// \p command is what `load` runs with the buffer; empty: nothing.
void add_load(CLI::App& app, const std::vector<std::string>& command, int& exit_code);
void add_probe(CLI::App& app, int& exit_code);
void add_heaps(CLI::App& app, int& exit_code);
/// \p words is the whole command line, which is kept with the result.
void add_bench(CLI::App& app, const std::vector<std::string>& words, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace dmaload::cli
