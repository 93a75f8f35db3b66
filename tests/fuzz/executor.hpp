// SPDX-License-Identifier: Apache-2.0
/// \file
/// Makes calls, and compares what they give with what they should.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "call.hpp"
#include "files.hpp"
#include "memory.hpp"
#include "prediction.hpp"
#include "watchdog.hpp"

namespace fuzz {

/// What came of a call.
struct Verdict {
    int result = 0;                      ///< 0 or errno
    std::string left_out{};              ///< why the call was not made; empty if it was
    std::vector<std::string> faults{};   ///< what is wrong with it, in sentences
    std::chrono::nanoseconds in_call{};  ///< how long the ioctl itself took; 0 of one that was killed
};

class Executor {
public:
    /// Buffers longer than that are not asked for: they take time and show nothing new.
    static constexpr std::uint64_t longest_buffer = 16ULL * 1024 * 1024;

    Executor(Files& files, std::chrono::seconds limit);

    [[nodiscard]] Verdict run(const Call& call);

private:
    struct Heap {
        UniqueFd fd;  ///< none where there is no heap of that name
        bool can_read = false;
    };

    [[nodiscard]] std::string why_not(const Call& call);
    const Heap& heap(const std::string& name);
    [[nodiscard]] std::vector<dma_heap_read_range> ranges_of(const Call& call) const;
    [[nodiscard]] std::vector<std::byte> struct_of(const Call& call, std::size_t nr_ranges) const;
    Verdict run_placed(const Call& call, const std::vector<std::byte>& data);
    Verdict run_killed(const Call& call, const std::vector<std::byte>& data);

    Files& files_;
    Watchdog watchdog_;
    std::map<std::string, Heap> heaps_;
    bool can_stall_readers_;
    bool can_stall_writers_;
    Arena place_;
    Arena ranges_;
};

}  // namespace fuzz
