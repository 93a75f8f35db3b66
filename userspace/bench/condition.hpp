// SPDX-License-Identifier: Apache-2.0
/// \file
/// The state that the machine is in while files are loaded.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <dmaload/error.hpp>

#include "bench/child.hpp"
#include "bench/spinners.hpp"
#include "bench/taken_memory.hpp"

namespace dmaload::bench {

/// What is asked for; nothing of it: the machine as it is.
struct ConditionOptions {
    bool busy = false;           ///< a spinner on each CPU
    std::string command = {};    ///< a shell runs it again and again
    unsigned eaten_percent = 0;  ///< of all memory, held by another process; 0 to 95
    bool fragmented = false;     ///< no free block above a page is left for a heap
    std::string read_file = {};  ///< another process reads it again and again, directly
};

/// What was seen of it beside one load.
struct Observed {
    std::optional<std::chrono::nanoseconds> neighbours_lost;     ///< CPU time that the spinners did not get
    std::optional<std::chrono::nanoseconds> neighbours_off_cpu;  ///< the part that this kernel knows of
    std::optional<std::uint64_t>
        large_free_pages;  ///< pages in free blocks that a heap prefers to single ones
};

/// Holds as long as the object lives.
class Condition {
public:
    /// Before any thread is started. \p heap: for what only a heap can take.
    [[nodiscard]] static Result<Condition> create(const ConditionOptions& options, const std::string& heap);

    /// For a load that begins at once; it first restores the condition, and
    /// lets spinners run undisturbed for some time.
    struct Before {
        std::optional<SpinCount> rested;
        std::optional<SpinCount> spun;
        std::optional<std::uint64_t> large_free_pages;
    };
    [[nodiscard]] Result<Before> before();
    /// Right after the load.
    [[nodiscard]] Observed after(const Before& before) const;

    [[nodiscard]] const nlohmann::json& description() const { return description_; }

private:
    nlohmann::json description_ = nlohmann::json::object();
    std::optional<EatenMemory> eaten_;
    std::optional<FragmentedMemory> fragmented_;
    std::optional<Spinners> spinners_;
    std::optional<Child> command_;
    std::optional<Child> reader_;
};

}  // namespace dmaload::bench
