// SPDX-License-Identifier: Apache-2.0
#include "bench/doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "bench/environment.hpp"
#include "bench/proc_file.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {

namespace {

Finding clock(const MachineFacts& facts)
{
    if (clocksource_is_good(facts.clocksource))
        return {"clock", Weight::ok, facts.clocksource, ""};
    return {
        "clock", Weight::problem,
        facts.clocksource.empty() ? "the kernel does not name its clocksource" : facts.clocksource,
        "It is too coarse or too wrong to measure with; tsc and kvm-clock are good. On an emulated machine boot "
        "with tsc=reliable and tsc_early_khz=, or insist with --allow-clock."};
}

Finding processor(const MachineFacts& facts)
{
    if (facts.hypervisor.empty())
        return {"processor", Weight::ok, "no hypervisor to be seen", ""};
    if (facts.hypervisor == "TCG")
        return {"processor", Weight::note, "emulated (TCG)",
                "Only proportions carry over to real hardware: compare ratios, not milliseconds."};
    return {"processor", Weight::note, fmt::format("a guest of {}", facts.hypervisor),
            "Other guests of the host may disturb; steal time shows when they do."};
}

Finding kvm(const MachineFacts& facts, const Plans& plans)
{
    if (!plans.host && !facts.hypervisor.empty() && !facts.kvm.empty())
        return {"KVM", Weight::ok, "not needed: this is a guest already", ""};
    if (facts.kvm.empty())
        return {"KVM", Weight::ok, "/dev/kvm makes virtual machines", ""};
    return {
        "KVM", Weight::note, facts.kvm,
        "Guests are emulated here (TCG): slower, and only their proportions count. Switch virtualisation on in "
        "the firmware, load kvm_intel or kvm_amd, and join the group kvm."};
}

Finding load(const MachineFacts& facts, const Plans& plans)
{
    constexpr double kBusy = 0.1;
    constexpr double kLoad = 0.7;
    constexpr double kSteal = 0.01;
    const std::string found = fmt::format("{:.0f} % of the CPUs' time, load average {:.2f} on {} CPUs",
                                          100 * facts.busy, facts.load_average, facts.cpus);
    if (facts.steal > kSteal)
        return {"other load", Weight::warning,
                fmt::format("the host takes {:.0f} % of the CPUs' time (steal)", 100 * facts.steal),
                "Times will be longer and spread more: quieten the host, or pin the guest's CPUs."};
    // What measures in a guest was just built here, and the load average is still that of the compiler.
    const bool was_busy = !plans.host && facts.load_average > kLoad * static_cast<double>(facts.cpus);
    if (facts.busy > kBusy || was_busy)
        return {
            "other load", Weight::warning, found,
            "Times will be longer and spread more: end what else runs (top shows it), and wait a minute."};
    return {"other load", Weight::ok, found, ""};
}

Finding governor(const MachineFacts& facts)
{
    if (facts.governors.empty())
        return {"CPU governor", Weight::ok, "none: the CPUs' clock is not the kernel's to change", ""};
    const std::string found = fmt::format("{}", fmt::join(facts.governors, ", "));
    if (facts.governors == std::vector<std::string>{"performance"})
        return {"CPU governor", Weight::ok, found, ""};
    return {"CPU governor", Weight::warning, found,
            "The CPUs' clock moves during the run. As root: echo performance | tee "
            "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"};
}

Finding memory(const MachineFacts& facts, const Plans& plans)
{
    if (!facts.available)
        return {"free memory", Weight::note, "the kernel does not say how much there is", ""};
    // The buffer, the file in the page cache, and the io_uring reader's own memory.
    const std::uint64_t wanted = 3 * plans.largest_file + (std::uint64_t{128} << 20);
    const std::string found =
        fmt::format("{} available; a file of {} takes up to {}", format_size(*facts.available),
                    format_size(plans.largest_file), format_size(wanted));
    if (*facts.available < plans.largest_file)
        return {"free memory", Weight::problem, found,
                "End other programs, or choose smaller files with --sizes."};
    if (*facts.available < wanted)
        return {
            "free memory", Weight::warning, found,
            "Buffered loads will reclaim memory and be slower: end other programs, or choose smaller files."};
    return {"free memory", Weight::ok, found, ""};
}

Finding swap(const MachineFacts& facts)
{
    if (facts.swaps.empty())
        return {"swap", Weight::ok, "none", ""};
    return {"swap", Weight::warning, fmt::format("{}", fmt::join(facts.swaps, ", ")),
            "Under memory pressure others are swapped out and in while it is measured. As root: swapoff -a"};
}

Finding caches(const MachineFacts& facts)
{
    if (facts.no_caches.empty())
        return {"page cache", Weight::ok, "can be dropped", ""};
    return {"page cache", Weight::problem, facts.no_caches,
            "Loads cannot be made cold: run as root, with /proc/sys writable."};
}

Finding heap(const MachineFacts& facts, const Plans& plans)
{
    const std::string what = fmt::format("heap {}", plans.heap);
    if (!facts.no_heap.empty())
        return {what, Weight::problem, facts.no_heap, ""};
    if (!facts.no_read.empty())
        return {what, Weight::warning, "allocates, but reads no files: " + facts.no_read, ""};
    return {what, Weight::ok, "allocates and reads files", ""};
}

Finding huge_pages(const MachineFacts& facts)
{
    const std::string what = "huge pages of memfds";
    const std::string_view setting = selected_word(facts.shmem_thp);
    if (setting.empty())
        return {what, Weight::warning, "the kernel has no transparent huge pages for shared memory",
                "udmabuf has to do with 4 KB pages: build with CONFIG_TRANSPARENT_HUGEPAGE."};
    if (setting == "never" || setting == "deny")
        return {what, Weight::warning, std::string(setting),
                "udmabuf has to do with 4 KB pages, which would be unfair to it. As root: echo advise > "
                "/sys/kernel/mm/transparent_hugepage/shmem_enabled"};
    return {what, Weight::ok, std::string(setting), ""};
}

Finding anonymous_huge_pages(const MachineFacts& facts)
{
    const std::string what = "anonymous huge pages";
    const std::string_view setting = selected_word(facts.anon_thp);
    if (setting.empty())
        return {
            what, Weight::warning, "the kernel has no transparent huge pages",
            "The io_uring reader and bounce-uring have to do with 4 KB pages, which are slower to pin: build "
            "with CONFIG_TRANSPARENT_HUGEPAGE."};
    if (setting == "never")
        return {
            what, Weight::warning, std::string(setting),
            "The io_uring reader and bounce-uring have to do with 4 KB pages, which are slower to pin. As root: "
            "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"};
    return {what, Weight::ok, std::string(setting), ""};
}

Finding hugetlb_pages(const MachineFacts& facts, const Plans& plans)
{
    const std::string what = "hugetlb pages";
    if (!facts.hugetlb)
        return {what, Weight::warning, "the kernel has none of 2 MB",
                "udmabuf-hugetlb is left out: build with CONFIG_HUGETLBFS."};
    constexpr std::uint64_t kPage = std::uint64_t{2} << 20;
    const std::uint64_t wanted = (plans.largest_file + kPage - 1) / kPage;
    const std::uint64_t of_memory = std::min(facts.hugetlb->allowed, facts.available.value_or(0) / kPage);
    const std::string found = fmt::format(
        "{} of 2 MB set aside and {} more allowed that there is memory for; a file of {} takes {}",
        facts.hugetlb->pool, of_memory, format_size(plans.largest_file), wanted);
    if (facts.hugetlb->pool + of_memory >= wanted)
        return {what, Weight::ok, found, ""};
    const std::uint64_t missing = wanted - std::min(wanted, facts.hugetlb->pool);
    if (facts.hugetlb->allowed >= missing)
        return {what, Weight::warning, found,
                "udmabuf-hugetlb will fail: end other programs, or choose smaller files."};
    return {what, Weight::warning, found,
            fmt::format(
                "udmabuf-hugetlb is left out, or fails. As root, to allow them where there is memory: sysctl "
                "vm.nr_overcommit_hugepages={}",
                missing)};
}

Finding udmabuf(const MachineFacts& facts, const Plans& plans)
{
    if (!facts.no_udmabuf.empty())
        return {"udmabuf", Weight::warning, facts.no_udmabuf, ""};
    if (!facts.udmabuf_limit)
        return {"udmabuf", Weight::ok, "there, without a limit to be seen", ""};
    const std::string found = fmt::format("there, up to {}", format_size(*facts.udmabuf_limit));
    if (*facts.udmabuf_limit < plans.largest_file)
        return {"udmabuf", Weight::note, found,
                fmt::format(
                    "`dmaload bench` raises the limit for its run if it is root. To raise it for all: echo "
                    "{} > /sys/module/udmabuf/parameters/size_limit_mb",
                    (plans.largest_file >> 20) + 1)};
    return {"udmabuf", Weight::ok, found, ""};
}

Finding ring(const MachineFacts& facts)
{
    if (facts.no_io_uring.empty())
        return {"io_uring", Weight::ok, "allowed", ""};
    return {
        "io_uring", Weight::warning, facts.no_io_uring,
        "The limit cannot be measured with it, and rivals that use it are left out. As root: echo 0 > "
        "/proc/sys/kernel/io_uring_disabled; in a container, allow the system call in its seccomp profile."};
}

}  // namespace

std::string_view to_string(Weight weight)
{
    switch (weight) {
    case Weight::ok:
        return "ok";
    case Weight::note:
        return "note";
    case Weight::warning:
        return "warning";
    case Weight::problem:
        break;
    }
    return "problem";
}

std::vector<Finding> judge(const MachineFacts& facts, const Plans& plans)
{
    if (plans.host)
        return {processor(facts), kvm(facts, plans), load(facts, plans), governor(facts), swap(facts)};
    return {clock(facts),
            processor(facts),
            kvm(facts, plans),
            load(facts, plans),
            governor(facts),
            memory(facts, plans),
            swap(facts),
            caches(facts),
            heap(facts, plans),
            huge_pages(facts),
            anonymous_huge_pages(facts),
            hugetlb_pages(facts, plans),
            udmabuf(facts, plans),
            ring(facts)};
}

std::vector<Finding> doctor_findings(const Plans& plans)
{
    return judge(read_machine(plans), plans);
}

bool fit_for_measuring(std::span<const Finding> findings)
{
    return std::ranges::none_of(findings,
                                [](const Finding& finding) { return finding.weight == Weight::problem; });
}

nlohmann::json to_json(std::span<const Finding> findings)
{
    nlohmann::json list = nlohmann::json::array();
    for (const Finding& finding : findings)
        list.push_back({{"what", finding.what},
                        {"weight", to_string(finding.weight)},
                        {"found", finding.found},
                        {"advice", finding.advice}});
    return list;
}

}  // namespace dmaload::bench
