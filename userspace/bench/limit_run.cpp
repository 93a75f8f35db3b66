// SPDX-License-Identifier: Apache-2.0
#include "bench/limit_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bench/fio.hpp"
#include "bench/interrupt.hpp"
#include "bench/page_cache.hpp"
#include "bench/sample.hpp"
#include "bench/units.hpp"

namespace dmaload::bench {
namespace {

constexpr int kReaderRuns = 2;  // of each setting, behind one that is discarded
constexpr int kFioRuns = 2;     // of each job

}  // namespace

Result<void> LimitRun::measure()
{
    std::vector<ReaderRun> runs;
    // Several loads at once are held against the disk alone.
    if (options_.at_once == 1) {
        if (auto done = measure_readers(runs); !done)
            return done;
        if (auto done = measure_fio(); !done)
            return done;
    }
    // Without a disk of known rate the reader is one more rival, not a limit.
    if (!options_.disk)
        return {};
    for (const Files& files : files_) {
        const std::uint64_t size = total_size(files);
        if (const auto limit = smallest(size, options_.disk, runs)) {
            if (auto written = journal_.append(limit_record(label_, size, *limit)); !written)
                return written;
        }
    }
    return {};
}

Result<void> LimitRun::measure_readers(std::vector<ReaderRun>& runs)
{
    if (!options_.limit)
        return {};
    std::uint64_t largest = 0;
    for (const Files& files : files_)
        largest = std::max(largest, files.front().size);
    // It keeps its memory for all sizes: where there is hardly enough, touching it could stop the machine.
    const auto memory = read_meminfo();
    if (memory && memory->available < largest + largest / 4) {
        progress_.say(fmt::format("No io_uring reader: {} of memory are available, too little beside {}.",
                                  format_size(memory->available), format_size(largest)));
        return {};
    }
    auto reader = Reader::create(largest);
    if (!reader) {
        progress_.say("No io_uring reader: " + reader.error().message());
        return {};
    }
    for (const Files& files : files_) {
        // A filesystem without direct I/O has no such limit.
        if (const auto read = read_size(*reader, files.front(), runs); !read)
            progress_.say("No io_uring reader: " + read.error().message());
    }
    return {};
}

Result<void> LimitRun::read_size(Reader& reader, const TestFile& file, std::vector<ReaderRun>& runs)
{
    for (const ReaderSetting& setting : reader_settings(file.size)) {
        for (int i = 0; i <= kReaderRuns && !InterruptGuard::interrupted(); ++i) {
            progress_.show(fmt::format("{}: limit: io_uring reader, {}", options_.scenario, setting.name()));
            const auto cached = make_cold({&file, 1});
            if (!cached)
                return std::unexpected(cached.error());
            const auto device_before = device_read_bytes(file);
            const auto idle_before = cpu_.read();
            const auto total = reader.read(file, setting);
            const auto idle_after = cpu_.read();
            if (!total)
                return std::unexpected(total.error());
            if (!idle_before || !idle_after)
                return std::unexpected(idle_before ? idle_after.error() : idle_before.error());
            const auto device_after = device_read_bytes(file);
            ReaderRun run{.size = file.size,
                          .setting = setting,
                          .total = *total,
                          .cpu = cpu_.busy(*idle_before, *idle_after),
                          .cold = false};
            std::optional<std::uint64_t> device_read;
            if (device_before && device_after)
                device_read = *device_after - *device_before;
            run.cold = why_not_cold({&file, 1}, *cached, device_read).empty();
            if (i == 0)
                continue;
            if (auto written = journal_.append(reader_record(label_, run)); !written)
                return written;
            runs.push_back(run);
        }
    }
    return {};
}

Result<void> LimitRun::measure_fio()
{
    for (const Files& files : files_) {
        if (files.front().size < kSmallestForFio)
            continue;
        for (const std::string& job : options_.fio) {
            if (const auto done = repeat_fio(job, files.front()); !done)
                progress_.say("No fio: " + done.error().message());
        }
    }
    return {};
}

Result<void> LimitRun::repeat_fio(const std::string& job, const TestFile& file)
{
    for (int i = 0; i < kFioRuns && !InterruptGuard::interrupted(); ++i) {
        progress_.show(fmt::format("{}: fio {}", options_.scenario, job));
        if (const auto cold = make_cold({&file, 1}); !cold)
            return std::unexpected(cold.error());
        const auto run = run_fio(job, file);
        if (!run)
            return std::unexpected(run.error());
        if (auto written = journal_.append(fio_record(label_, *run)); !written)
            return written;
    }
    return {};
}

}  // namespace dmaload::bench
