// SPDX-License-Identifier: Apache-2.0
#include "bench/environment.hpp"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif
#include <fmt/format.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>

#include <dmaload/heap.hpp>

#include "bench/doctor.hpp"
#include "bench/machine_text.hpp"
#include "bench/page_cache.hpp"
#include "bench/proc_file.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

constexpr const char* kClocksource = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
constexpr const char* kUdmabufSize = "/sys/module/udmabuf/parameters/size_limit_mb";
constexpr const char* kUdmabufList = "/sys/module/udmabuf/parameters/list_limit";

/// "mem auto-init: ..." of the kernel log: it says whether init_on_alloc is on,
/// whatever the kernel's configuration and command line.
std::string memory_initialisation()
{
    constexpr int kReadAll = 3;
    constexpr int kBufferSize = 10;
    const int size = klogctl(kBufferSize, nullptr, 0);
    if (size <= 0)
        return {};
    std::string log(static_cast<std::size_t>(size), '\0');
    const int got = klogctl(kReadAll, log.data(), size);
    log.resize(static_cast<std::size_t>(std::max(got, 0)));
    return parse_auto_init(log);
}

json describe_kernel()
{
    utsname name{};
    uname(&name);
    return {{"release", name.release},
            {"version", name.version},
            {"machine", name.machine},
            {"command_line", read_line_or_empty("/proc/cmdline")}};
}

json describe_cpu()
{
    const std::string info = read_text("/proc/cpuinfo").value_or("");
    std::string model = parse_field(info, "model name");
    if (model.empty())
        model = parse_field(info, "CPU part");
    return {{"model", model},
            {"online", sysconf(_SC_NPROCESSORS_ONLN)},
            {"governor", read_line_or_empty("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
            {"hypervisor", hypervisor()},
            {"clocksource", read_line_or_empty(kClocksource)}};
}

json describe_memory()
{
    const auto info = read_meminfo();
    return {{"total", info ? info->total : 0},
            {"available", info ? info->available : 0},
            {"page_size", sysconf(_SC_PAGESIZE)},
            {"transparent_hugepage", read_line_or_empty("/sys/kernel/mm/transparent_hugepage/enabled")},
            {"shmem_hugepage", read_line_or_empty("/sys/kernel/mm/transparent_hugepage/shmem_enabled")},
            {"auto_init", memory_initialisation()}};
}

json describe_heaps(const std::string& used)
{
    json heaps = {{"used", used}, {"list", json::array()}};
    for (const std::string& name : Heap::list().value_or(std::vector<std::string>()))
        heaps["list"].push_back(name);
    if (const auto heap = Heap::open(used)) {
        const auto read = heap->probe_read();
        heaps["alloc_and_read_file"] = read ? "yes" : read.error().message();
    }
    return heaps;
}

json describe_file(const TestFile& file)
{
    json entry = {{"path", file.path},
                  {"size", file.size},
                  {"filesystem", file.filesystem},
                  {"mount", file.mount},
                  {"content", file.pattern ? "seeded pattern" : "checksum of the file, read beforehand"}};
    if (!file.device_stat.empty()) {
        // A partition's queue settings are those of the disk above it.
        const std::string device = file.device_stat.substr(0, file.device_stat.rfind('/'));
        for (const char* folder : {"/queue/", "/../queue/"}) {
            if (access((device + folder).c_str(), F_OK) != 0)
                continue;
            for (const char* setting :
                 {"scheduler", "read_ahead_kb", "max_sectors_kb", "nr_requests", "logical_block_size"})
                entry["queue"][setting] = read_line_or_empty(device + folder + setting);
            break;
        }
    }
    return entry;
}

std::string now_in_utc()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
    return text;
}

}  // namespace

std::string hypervisor()
{
#if defined(__x86_64__) || defined(__i386__)
    constexpr unsigned kHypervisorBit = 1U << 31;
    constexpr unsigned kHypervisorLeaf = 0x40000000;
    std::array<unsigned, 4> r{};
    if (__get_cpuid(1, &r[0], &r[1], &r[2], &r[3]) == 0 || (r[2] & kHypervisorBit) == 0)
        return {};
    __cpuid(kHypervisorLeaf, r[0], r[1], r[2], r[3]);
    std::array<char, 13> signature{};
    std::memcpy(signature.data(), &r[1], 12);
    const std::string_view name(signature.data());
    return name.starts_with("TCGTCG") ? "TCG" : name.starts_with("KVMKVM") ? "KVM" : std::string(name);
#else
    return {};
#endif
}

json describe_environment(const EnvironmentInputs& inputs)
{
    json context = {
        {"time", now_in_utc()},
        {"kernel", describe_kernel()},
        {"cpu", describe_cpu()},
        {"memory", describe_memory()},
        {"heaps", describe_heaps(inputs.heap)},
        {"udmabuf",
         {{"size_limit_mb", read_line_or_empty(kUdmabufSize)},
          {"list_limit", read_line_or_empty(kUdmabufList)}}},
        {"versions",
         {{"dmaload", DMALOAD_VERSION},
          {"compiler", __VERSION__},
          {"fmt", FMT_VERSION},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)}}},
        {"load_average", read_line_or_empty("/proc/loadavg")},
        {"notes", inputs.notes},
        {"files", json::array()}};
    Plans plans{.heap = inputs.heap, .largest_file = 0};
    for (const TestFile& file : inputs.files) {
        context["files"].push_back(describe_file(file));
        plans.largest_file = std::max(plans.largest_file, file.size);
    }
    context["findings"] = to_json(doctor_findings(plans));
    return context;
}

json describe_cpu_time(const CpuClock& clock)
{
    return {{"cpu_time_source", clock.source()}, {"cpu_time_resolution_ns", clock.resolution().count()}};
}

bool clocksource_is_good(std::string_view clocksource)
{
    // arch_sys_counter is arm64's, which needs no calibration.
    return clocksource == "tsc" || clocksource == "kvm-clock" || clocksource == "arch_sys_counter";
}

std::string present_clocksource()
{
    std::string present = read_line_or_empty(kClocksource);
    // In the first seconds after a boot; what it becomes is still to be seen.
    for (int tries = 0; present == "tsc-early" && tries < 100; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        present = read_line_or_empty(kClocksource);
    }
    return present;
}

Result<void> check_clock()
{
    const std::string present = present_clocksource();
    if (clocksource_is_good(present))
        return {};
    return fail(
        "check the clocksource", present, 0,
        "It is too coarse or too wrong to measure with; tsc and kvm-clock are good. On an emulated machine "
        "boot with tsc=reliable and tsc_early_khz=, or insist with --allow-clock.");
}

std::vector<std::string> environment_warnings(const json& context)
{
    std::vector<std::string> warnings;
    for (const json& finding : context.at("findings")) {
        const std::string weight = finding.at("weight");
        if (weight == to_string(Weight::warning) || weight == to_string(Weight::problem))
            warnings.push_back(fmt::format("{}: {}. {}", finding.at("what").get<std::string>(),
                                           finding.at("found").get<std::string>(),
                                           finding.at("advice").get<std::string>()));
    }
    return warnings;
}

UdmabufLimit::UdmabufLimit(std::uint64_t largest_file)
{
    const auto limit = parse_number(read_line_or_empty(kUdmabufSize));
    const std::uint64_t needed = (largest_file >> 20) + 1;
    if (!limit || *limit >= needed)
        return;
    if (!write_text(kUdmabufSize, fmt::format("{}", needed)))
        return;
    previous_ = fmt::format("{}", *limit);
    note_ = fmt::format("udmabuf's size limit was {} MB and is {} MB for this run.", *limit, needed);
}

UdmabufLimit::~UdmabufLimit()
{
    if (!previous_.empty())
        (void)write_text(kUdmabufSize, previous_);
}

}  // namespace dmaload::bench
