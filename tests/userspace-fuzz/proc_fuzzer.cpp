// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files of /proc and /sys, the kernel's log and its release. Its word is
/// believed, but no two kernels write quite the same.
#include <bench/cpu_time.hpp>
#include <bench/free_blocks.hpp>
#include <bench/machine_text.hpp>
#include <bench/page_cache.hpp>
#include <bench/proc_file.hpp>
#include <bench/test_file.hpp>
#include <kernel_release.hpp>
#include <udmabuf_limit.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "require.hpp"

using dmaload::fuzz::require;

namespace {

/// What the doctor and the library ask.
void parse_settings(std::string_view text)
{
    using namespace dmaload::bench;
    constexpr std::uint64_t megabyte = std::uint64_t{1} << 20U;

    require(selected_word(text).find(']') == std::string_view::npos, "a word ends at its bracket");
    for (const std::string& swap : parse_swaps(text))
        require(!swap.empty(), "a swap has a name");
    (void)parse_ticks(text);
    const double load = parse_load_average(text);
    require(std::isfinite(load) && load >= 0, "a load is a number that is not negative");
    require(parse_field(text, "model name").find('\n') == std::string::npos, "a value is of one line");
    require(parse_auto_init(text).find('\n') == std::string::npos, "an entry of the log is of one line");
    for (const auto limit : {parse_megabytes(text), dmaload::parse_size_limit(text)})
        require(limit.value_or(0) % megabyte == 0, "limits are whole megabytes");
    (void)dmaload::version_of(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace dmaload::bench;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    (void)parse_meminfo(text).file_cache();
    if (const auto reading = parse_timer_list(text))
        require(reading->cpus > 0, "idle times are those of a CPU");
    if (const auto reading = parse_proc_stat(text, std::chrono::milliseconds(10)))
        require(reading->cpus > 0, "ticks are those of a CPU");
    (void)parse_steal(text, std::chrono::milliseconds(10));
    const FreeBlocks blocks = parse_free_blocks(text);
    (void)free_pages_from(blocks, 0);
    require(free_pages_from(blocks, static_cast<unsigned>(blocks.size())) == 0, "orders end");
    (void)parse_device_read_bytes(text);

    TestFile file;
    describe_mount(file, text, "254:0");
    require(file.filesystem.empty() == file.mount.empty(), "a mount has a filesystem");
    parse_settings(text);
    return 0;
}
