// SPDX-License-Identifier: Apache-2.0
#include "bench/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <dmaload/unique_fd.hpp>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

constexpr const char* kAdvice = "Tracing needs root, and a tracefs mounted at /sys/kernel/tracing.";

}  // namespace

std::string tracefs()
{
    const std::string own = "/sys/kernel/tracing";
    const std::string in_debugfs = "/sys/kernel/debug/tracing";
    const auto is_there = [](const std::string& folder) {
        return access((folder + "/events").c_str(), F_OK) == 0;
    };
    return !is_there(own) && is_there(in_debugfs) ? in_debugfs : own;
}

Result<Recorder> Recorder::create(const std::string& tracefs_folder)
{
    // Without root the folder cannot be entered, and nothing is known of its content.
    if (access(tracefs_folder.c_str(), X_OK) != 0)
        return fail("open", tracefs_folder, errno, kAdvice);
    const std::string events = tracefs_folder + "/events/dma_heap/dma_heap_read_begin";
    if (access(events.c_str(), F_OK) != 0)
        return fail("open", events, errno,
                    "This kernel has no such tracepoints; they come with a later patch of the series.");
    std::string instance = fmt::format("{}/instances/dmaload-{}", tracefs_folder, getpid());
    auto guardian = Guardian::start({{.path = instance, .text = std::nullopt}});
    if (!guardian)
        return std::unexpected(guardian.error());
    if (mkdir(instance.c_str(), 0750) != 0)
        return fail("mkdir", instance, errno, kAdvice);
    Recorder recorder(std::move(instance), std::move(*guardian));
    if (const auto ready = recorder.prepare(); !ready)
        return std::unexpected(ready.error());
    return recorder;
}

Result<void> Recorder::prepare() const
{
    // A load of 8 GB in batches of 8 MB leaves some 400 KB of events; completions go to any CPU's buffer.
    constexpr const char* kBufferKilobytes = "1024";
    for (const auto& [file, text] :
         {std::pair("buffer_size_kb", kBufferKilobytes), std::pair("trace_clock", "mono")}) {
        if (auto written = write_text(fmt::format("{}/{}", instance_, file), text); !written)
            return written;
    }
    return {};
}

Result<void> Recorder::enable(bool on) const
{
    return write_text(instance_ + "/events/dma_heap/enable", on ? "1" : "0");
}

Result<void> Recorder::start()
{
    const std::string trace = instance_ + "/trace";
    // Truncating is how tracefs is told to forget.
    if (const UniqueFd fd(open(trace.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)); !fd)
        return fail("open", trace, errno, kAdvice);
    return enable(true);
}

Result<std::vector<TraceEvent>> Recorder::stop()
{
    if (const auto off = enable(false); !off)
        return std::unexpected(off.error());
    const auto text = read_text(instance_ + "/trace");
    if (!text)
        return std::unexpected(text.error());
    return parse_trace(*text);
}

}  // namespace dmaload::bench
