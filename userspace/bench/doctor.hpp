// SPDX-License-Identifier: Apache-2.0
/// \file
/// What makes a machine unfit for measuring, or a method unable to work on it,
/// and what to do about that.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmaload::bench {

/// How much a finding matters.
enum class Weight {
    ok,       ///< as it should be
    note,     ///< worth knowing
    warning,  ///< figures will be worse, or a method is left out
    problem,  ///< nothing can be measured, or nothing that could be trusted
};

[[nodiscard]] std::string_view to_string(Weight weight);

/// One thing that was looked at.
struct Finding {
    std::string what;  ///< "clock"
    Weight weight = Weight::ok;
    std::string found;   ///< what is there; no full stop
    std::string advice;  ///< whole sentences; empty where there is nothing to do
};

/// What is to be measured.
struct Plans {
    std::string heap = "system";
    std::uint64_t largest_file = std::uint64_t{256} << 20;  ///< bytes
    bool host = false;  ///< a guest of this machine will measure: what does not reach guests is left out
};

/// Pages of hugetlbfs that can still be had.
struct HugetlbPages {
    std::uint64_t pool = 0;     ///< set aside, and free
    std::uint64_t allowed = 0;  ///< that the kernel may make of free memory when they are asked for
};

/// What the machine says of itself; an empty text or optional: it does not say.
struct MachineFacts {
    std::string clocksource;
    std::string hypervisor;   ///< "KVM", "TCG" ...; empty on real hardware, and where there is no way to ask
    std::string shmem_thp;    ///< the file shmem_enabled, "always [advise] never"
    std::string anon_thp;     ///< the file enabled, "always [madvise] never": memory that is no file's
    std::string kvm;          ///< why /dev/kvm cannot be used; empty where it can
    std::string no_caches;    ///< why the page cache cannot be dropped; empty where it can
    std::string no_heap;      ///< why the heap cannot be opened; empty where it can
    std::string no_read;      ///< why it cannot read files; empty where it can
    std::string no_udmabuf;   ///< why /dev/udmabuf cannot be opened; empty where it can
    std::string no_io_uring;  ///< why no ring can be made; empty where it can
    std::vector<std::string> swaps;              ///< devices and files
    std::vector<std::string> governors;          ///< of the CPUs, each once
    std::optional<std::uint64_t> udmabuf_limit;  ///< bytes
    std::optional<std::uint64_t> available;      ///< memory, bytes
    std::optional<HugetlbPages> hugetlb;         ///< of 2 MB; none: the kernel has no such pages
    double load_average = 0;                     ///< of the last minute
    double busy = 0;   ///< share of all CPUs' time, in a short window in which we only slept
    double steal = 0;  ///< share of it that a host took in that window
    long cpus = 1;     ///< online
};

/// Asks the machine. Takes a quarter of a second, in which it looks for other load.
[[nodiscard]] MachineFacts read_machine(const Plans& plans);

/// Judges what the machine said, problems of all kinds in one fixed order.
[[nodiscard]] std::vector<Finding> judge(const MachineFacts& facts, const Plans& plans);

/// Both.
[[nodiscard]] std::vector<Finding> doctor_findings(const Plans& plans);

/// Whether none of them is a problem.
[[nodiscard]] bool fit_for_measuring(std::span<const Finding> findings);

/// [{"what", "weight", "found", "advice"}]
[[nodiscard]] nlohmann::json to_json(std::span<const Finding> findings);

}  // namespace dmaload::bench
