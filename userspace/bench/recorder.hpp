// SPDX-License-Identifier: Apache-2.0
/// \file
/// Records the kernel's trace of a load.
#pragma once

#include <string>
#include <vector>

#include <dmaload/error.hpp>

#include "bench/guardian.hpp"
#include "bench/trace_events.hpp"

namespace dmaload::bench {

/// Where tracefs is mounted, by itself or within debugfs.
[[nodiscard]] std::string tracefs();

/// A tracing instance of our own, so that no other trace is disturbed. It is
/// there as long as this object, and costs a load nothing but between start()
/// and stop().
class Recorder {
public:
    /// Fails with ENOENT where the kernel has no dma_heap tracepoints, and with
    /// EACCES without root.
    [[nodiscard]] static Result<Recorder> create(const std::string& tracefs_folder = tracefs());

    /// Forgets what was recorded and turns the events on.
    [[nodiscard]] Result<void> start();
    /// Turns them off and returns what happened, of all loads of the system.
    [[nodiscard]] Result<std::vector<TraceEvent>> stop();

private:
    Recorder(std::string instance, Guardian guardian)
        : instance_(std::move(instance)), guardian_(std::move(guardian))
    {
    }
    [[nodiscard]] Result<void> prepare() const;
    [[nodiscard]] Result<void> enable(bool on) const;

    std::string instance_;
    Guardian guardian_;
};

}  // namespace dmaload::bench
