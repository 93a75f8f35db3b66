// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files of /proc and /sys. The kernel's word is believed, but no two kernels
/// write quite the same.
#include <bench/cpu_time.hpp>
#include <bench/free_blocks.hpp>
#include <bench/page_cache.hpp>
#include <bench/test_file.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

#include "require.hpp"

using dmaload::fuzz::require;

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
    return 0;
}
