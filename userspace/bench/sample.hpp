// SPDX-License-Identifier: Apache-2.0
/// \file
/// One cold, verified sample of one method.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>

#include "bench/condition.hpp"
#include "bench/cpu_time.hpp"
#include "bench/stages.hpp"
#include "bench/test_file.hpp"

namespace dmaload::bench {

/// What to measure.
struct Subject {
    const Method* method = nullptr;
    const Method* setting = nullptr;  ///< the variant of the method that stands for it; none: as it is
    Mode mode = Mode::direct;
    std::string heap = "system";
    const Stage* stage = nullptr;  ///< a form of the method brought back by the knobs; none: as it is
    const Knobs* knobs = nullptr;  ///< there where a stage is

    /// What loads.
    [[nodiscard]] const Method& way() const { return setting != nullptr ? *setting : *method; }
    [[nodiscard]] LoadRequest request(const std::string& file) const
    {
        return {.file = file, .mode = mode, .heap = heap};
    }
    /// What rows and results call it.
    [[nodiscard]] std::string_view name() const { return stage != nullptr ? stage->name : method->name(); }
};

/// The knobs of the subject's stage, for as long as the scope lives; an empty
/// one where it has none.
[[nodiscard]] Result<std::optional<Knobs::Scope>> turn_on(const Subject& subject);

/// What one load took, or several at once, and the proof that it was cold and
/// right. Bytes are those of all files together.
struct Sample {
    std::chrono::nanoseconds total{};  ///< open of the file until the CPU may read the (last) dma-buf
    std::vector<std::chrono::nanoseconds> loads;    ///< of several at once, each one's own end
    std::chrono::nanoseconds cpu_access{};          ///< part of total: DMA_BUF_IOCTL_SYNC after the load
    std::chrono::nanoseconds cpu{};                 ///< busy time of all CPUs meanwhile
    std::optional<std::chrono::nanoseconds> steal;  ///< CPU time that a host kept for itself meanwhile
    Observed observed;                              ///< of what else went on
    Phases phases;                                  ///< of the first file's load
    bool phases_traced = false;  ///< phases are those of a traced load beside this one, which took no trace
    Path path_taken = Path::unknown;
    bool is_dmabuf = true;  ///< whether devices can have what was loaded

    std::uint64_t cached_before = 0;           ///< bytes of the file in the page cache before
    std::uint64_t page_cache = 0;              ///< the same, after the load
    std::int64_t system_cache_growth = 0;      ///< Cached - Shmem + Buffers, after minus before
    std::int64_t shmem_growth = 0;             ///< Shmem, after minus before
    std::optional<std::uint64_t> device_read;  ///< bytes that the block device read meanwhile
    std::string not_cold;                      ///< why the sample is not cold; empty: it is
    std::string wrong;                         ///< what is wrong with the content; empty: verified
};

/// Empties the caches and proves that the files are not in them. The proof
/// opens the files, so the caches are emptied once more behind it: the inodes
/// are as cold as the content. Returns what the page cache held at the proof.
[[nodiscard]] Result<std::uint64_t> make_cold(std::span<const TestFile> files);

/// Takes one sample. Several files, all on one device, are loaded at once,
/// each by a thread of its own.
[[nodiscard]] Result<Sample> take_sample(const Subject& subject, std::span<const TestFile> files,
                                         const CpuClock& cpu, Condition& condition);

/// One cold load and how long it took, with nothing else looked at.
[[nodiscard]] Result<std::chrono::nanoseconds> time_load(const Subject& subject,
                                                         std::span<const TestFile> files);

/// One load that is not timed: the largest drop of available memory while it
/// ran, beyond \p plain_drop.
[[nodiscard]] Result<std::uint64_t> extra_memory(const Subject& subject, std::span<const TestFile> files,
                                                 std::uint64_t plain_drop);

/// Why a load of these files was not cold, or an empty string. Files that are
/// memory (tmpfs) are as cold as they get.
[[nodiscard]] std::string why_not_cold(std::span<const TestFile> files, std::uint64_t cached_before,
                                       std::optional<std::uint64_t> device_read);

/// How the file was really read, from the traces that it left: a buffered
/// read leaves the file in the page cache; a direct one does not, and the
/// device was busy. Where the traces do not tell, what the method says.
[[nodiscard]] Path path_from_traces(std::uint64_t size, std::uint64_t cached_after,
                                    std::optional<std::uint64_t> device_read, Path said_by_method);

}  // namespace dmaload::bench
