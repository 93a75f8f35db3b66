// SPDX-License-Identifier: Apache-2.0
/// \file
/// The machine that is measured, and what makes it unfit for measuring.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/cpu_time.hpp"
#include "bench/test_file.hpp"

namespace dmaload::bench {

/// What was there besides the machine itself.
struct EnvironmentInputs {
    std::vector<TestFile> files;
    std::string heap = "system";
    std::map<std::string, std::string> notes;  ///< given by the caller, for example of the guest's host
};

/// Everything about the machine that a reader of the results may ask for, the
/// doctor's findings included.
[[nodiscard]] nlohmann::json describe_environment(const EnvironmentInputs& inputs);

/// Where CPU time is read from and how finely, to stand among what the
/// environment says of the CPU.
[[nodiscard]] nlohmann::json describe_cpu_time(const CpuClock& clock);

/// What the kernel counts time with; waits for what it settles on behind a boot.
[[nodiscard]] std::string present_clocksource();

/// What the processor is made by, when it is not a real one: "TCG" is an
/// emulator, whose times are proportions at best. Empty on real hardware, and
/// where there is no way to ask.
[[nodiscard]] std::string hypervisor();

/// Whether time can be trusted with this clocksource: others are coarse, or
/// wrong by a percent, on machines whose TSC could not be calibrated.
[[nodiscard]] bool clocksource_is_good(std::string_view clocksource);

/// Fails when the present clocksource cannot be trusted.
[[nodiscard]] Result<void> check_clock();

/// What the doctor warns of before measuring, in whole sentences; from what
/// describe_environment() returned.
[[nodiscard]] std::vector<std::string> environment_warnings(const nlohmann::json& context);

/// Lifts udmabuf's size limit (64 MB by default) for as long as it lives, so
/// that the rival is not shut out by a setting that an administrator would
/// change. It needs root; without it udmabuf says itself that it cannot.
class UdmabufLimit {
public:
    explicit UdmabufLimit(std::uint64_t largest_file);
    ~UdmabufLimit();
    UdmabufLimit(const UdmabufLimit&) = delete;
    UdmabufLimit& operator=(const UdmabufLimit&) = delete;

    /// What was changed, in a sentence; empty where nothing was.
    [[nodiscard]] const std::string& note() const { return note_; }

private:
    std::string previous_;
    std::string note_;
};

}  // namespace dmaload::bench
