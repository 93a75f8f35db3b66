// SPDX-License-Identifier: Apache-2.0
// What the machine says of itself, for the doctor to judge.
#include <fcntl.h>
#include <fmt/format.h>
#include <liburing.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <dmaload/heap.hpp>
#include <dmaload/unique_fd.hpp>

#include "bench/doctor.hpp"
#include "bench/environment.hpp"
#include "bench/machine_text.hpp"
#include "bench/page_cache.hpp"
#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

std::string reason(int code)
{
    return std::strerror(code);
}

/// A guest is only proved by booting one; but where no machine with a CPU can
/// be made, there will be none.
std::string why_no_kvm()
{
    constexpr const char* kDevice = "/dev/kvm";
    const UniqueFd kvm(open(kDevice, O_RDWR | O_CLOEXEC));
    if (!kvm)
        return fmt::format("{}: {}", kDevice, reason(errno));
    const UniqueFd machine(ioctl(kvm.get(), KVM_CREATE_VM, 0));
    if (!machine)
        return fmt::format("{} makes no virtual machine: {}", kDevice, reason(errno));
    const UniqueFd cpu(ioctl(machine.get(), KVM_CREATE_VCPU, 0));
    return cpu ? "" : fmt::format("{} makes no virtual CPU: {}", kDevice, reason(errno));
}

std::string why_not_opened(const char* path, int flags)
{
    const UniqueFd fd(open(path, flags | O_CLOEXEC));
    return fd ? "" : fmt::format("{}: {}", path, reason(errno));
}

/// Tried in a child: where a filter forbids the call, as for Android's apps, a
/// signal ends whoever makes it.
std::string why_no_io_uring()
{
    const pid_t child = fork();
    if (child < 0)
        return fmt::format("not tried: fork: {}", reason(errno));
    if (child == 0) {
        struct io_uring ring{};
        _exit(-io_uring_queue_init(1, &ring, 0));
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return fmt::format("io_uring_setup: ended by a filter ({})", strsignal(WTERMSIG(status)));
    const int code = WEXITSTATUS(status);
    return code == 0 ? "" : fmt::format("io_uring_setup: {}", reason(code));
}

std::vector<std::string> read_swaps()
{
    return parse_swaps(read_text("/proc/swaps").value_or(""));
}

std::vector<std::string> read_governors()
{
    std::vector<std::string> governors;
    std::error_code error;
    for (const auto& cpu : std::filesystem::directory_iterator("/sys/devices/system/cpu", error)) {
        const std::string governor = read_line_or_empty(cpu.path().string() + "/cpufreq/scaling_governor");
        if (!governor.empty() && std::ranges::find(governors, governor) == governors.end())
            governors.push_back(governor);
    }
    std::ranges::sort(governors);
    return governors;
}

std::optional<HugetlbPages> read_hugetlb()
{
    const auto read = [](const char* name) {
        return parse_number(
            read_line_or_empty(fmt::format("/sys/kernel/mm/hugepages/hugepages-2048kB/{}", name)));
    };
    const auto free = read("free_hugepages");
    if (!free)
        return std::nullopt;
    // Some of the pool may be promised to others, and of what is allowed some is there already.
    const auto less = [](std::uint64_t all, std::uint64_t taken) { return all - std::min(all, taken); };
    return HugetlbPages{
        .pool = less(*free, read("resv_hugepages").value_or(0)),
        .allowed = less(read("nr_overcommit_hugepages").value_or(0), read("surplus_hugepages").value_or(0))};
}

/// Clock ticks of all CPUs together since the boot.
Ticks read_ticks()
{
    return parse_ticks(read_line_or_empty("/proc/stat"));
}

void look_for_load(MachineFacts& facts)
{
    const Ticks before = read_ticks();
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    const Ticks after = read_ticks();
    const auto passed = static_cast<double>(after.all - before.all);
    if (passed <= 0)
        return;
    facts.steal = static_cast<double>(after.steal - before.steal) / passed;
    facts.busy = std::max(0.0, 1 - static_cast<double>(after.idle - before.idle) / passed - facts.steal);
}

}  // namespace

MachineFacts read_machine(const Plans& plans)
{
    MachineFacts facts;
    facts.clocksource = present_clocksource();
    facts.hypervisor = hypervisor();
    facts.shmem_thp = read_line_or_empty("/sys/kernel/mm/transparent_hugepage/shmem_enabled");
    facts.anon_thp = read_line_or_empty("/sys/kernel/mm/transparent_hugepage/enabled");
    facts.hugetlb = read_hugetlb();
    facts.kvm = why_no_kvm();
    facts.no_caches = why_not_opened("/proc/sys/vm/drop_caches", O_WRONLY);
    if (const auto heap = Heap::open(plans.heap)) {
        if (const auto reads = heap->probe_read(); !reads)
            facts.no_read = reads.error().message();
    } else {
        facts.no_heap = heap.error().message();
    }
    facts.no_udmabuf = why_not_opened("/dev/udmabuf", O_RDWR);
    facts.udmabuf_limit = parse_megabytes(read_line_or_empty("/sys/module/udmabuf/parameters/size_limit_mb"));
    facts.no_io_uring = why_no_io_uring();
    facts.swaps = read_swaps();
    facts.governors = read_governors();
    if (const auto info = read_meminfo())
        facts.available = info->available;
    facts.load_average = parse_load_average(read_line_or_empty("/proc/loadavg"));
    facts.cpus = sysconf(_SC_NPROCESSORS_ONLN);
    look_for_load(facts);
    return facts;
}

}  // namespace dmaload::bench
