// SPDX-License-Identifier: Apache-2.0
#include "bench/sample.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>
#include <latch>
#include <thread>

#include "bench/memory.hpp"
#include "bench/page_cache.hpp"

namespace dmaload::bench {

using Clock = std::chrono::steady_clock;

namespace {

std::int64_t growth(std::uint64_t before, std::uint64_t after)
{
    return static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
}

/// One of the loads of a sample.
struct Load {
    Loaded loaded;
    CpuAccess access;
    std::chrono::nanoseconds total{};
    std::chrono::nanoseconds cpu_access{};  ///< part of total
};

Result<Load> load_one(const Subject& subject, const TestFile& file, Clock::time_point start)
{
    auto loaded = subject.way().load(subject.request(file.path));
    const auto returned = Clock::now();
    if (!loaded)
        return std::unexpected(std::move(loaded.error()));
    auto access = CpuAccess::begin(*loaded, CpuAccess::Kind::read);
    const auto end = Clock::now();
    if (!access)
        return std::unexpected(std::move(access.error()));
    return Load{std::move(*loaded), std::move(*access), end - start, end - returned};
}

/// All files at once, from the same start; one file needs no thread.
Result<std::vector<Load>> load_files(const Subject& subject, std::span<const TestFile> files)
{
    std::vector<std::optional<Result<Load>>> results(files.size());
    if (files.size() == 1) {
        results.front().emplace(load_one(subject, files.front(), Clock::now()));
    } else {
        // All threads are there before the clock starts.
        std::latch ready(static_cast<std::ptrdiff_t>(files.size()) + 1);
        std::latch go(1);
        Clock::time_point start;
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < files.size(); ++i) {
            threads.emplace_back([&, i] {
                ready.count_down();
                go.wait();
                results[i].emplace(load_one(subject, files[i], start));
            });
        }
        ready.arrive_and_wait();
        start = Clock::now();
        go.count_down();
    }
    std::vector<Load> loads;
    for (auto& result : results) {
        Result<Load>& load = *result;  // NOLINT(bugprone-unchecked-optional-access): its thread has set it
        if (!load)
            return std::unexpected(std::move(load.error()));
        loads.push_back(std::move(*load));
    }
    return loads;
}

/// The page cache of a block device goes with its last user: with this one it
/// is still to be seen after a load.
std::vector<UniqueFd> hold_devices(std::span<const TestFile> files)
{
    std::vector<UniqueFd> held;
    for (const TestFile& file : files) {
        struct stat status{};
        if (stat(file.path.c_str(), &status) == 0 && S_ISBLK(status.st_mode))
            held.emplace_back(open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
    }
    return held;
}

Result<std::uint64_t> cached_bytes_of(std::span<const TestFile> files)
{
    std::uint64_t bytes = 0;
    for (const TestFile& file : files) {
        const auto cached = cached_bytes(file.path);
        if (!cached)
            return cached;
        bytes += *cached;
    }
    return bytes;
}

/// Spoils a word of every sector. The pages go back to the kernel, and a later
/// load that left some of them unread must not find the right content there.
void spoil(std::span<std::byte> bytes)
{
    constexpr std::size_t sector = 512;
    for (std::size_t i = 0; i < bytes.size(); i += sector) {
        const std::size_t end = std::min(i + sizeof(std::uint64_t), bytes.size());
        for (std::size_t j = i; j < end; ++j)
            bytes[j] = ~bytes[j];
    }
}

/// Compares the buffer with the file's known content.
Result<std::string> check_content(const Loaded& loaded, const TestFile& file)
{
    if (loaded.file_size != file.size)
        return fmt::format("the load reports {} bytes, the file has {}", loaded.file_size, file.size);
    // The file itself is not to be spoilt.
    const int prot = loaded.is_dmabuf ? PROT_READ | PROT_WRITE : PROT_READ;
    const auto mapping = Mapping::map(loaded.dmabuf.get(), loaded.buffer_size, prot);
    if (!mapping)
        return std::unexpected(mapping.error());
    auto access = CpuAccess::begin(loaded, CpuAccess::Kind::read_write);
    if (!access)
        return std::unexpected(access.error());
    std::string wrong = difference(file, mapping->bytes()).value_or("");
    if (loaded.is_dmabuf)
        spoil(mapping->bytes());
    if (const auto ended = access->end(); !ended)
        return std::unexpected(ended.error());
    return wrong;
}

}  // namespace

Result<std::uint64_t> make_cold(std::span<const TestFile> files)
{
    if (const auto dropped = drop_caches(); !dropped)
        return std::unexpected(dropped.error());
    const auto cached = cached_bytes_of(files);
    if (!cached)
        return cached;
    if (const auto dropped = drop_caches(); !dropped)
        return std::unexpected(dropped.error());
    return cached;
}

Result<std::optional<Knobs::Scope>> turn_on(const Subject& subject)
{
    if (subject.stage == nullptr)
        return std::nullopt;
    auto scope = subject.knobs->turn_on(*subject.stage);
    if (!scope)
        return std::unexpected(std::move(scope.error()));
    return std::move(*scope);
}

Result<Sample> take_sample(const Subject& subject, std::span<const TestFile> files, const CpuClock& cpu,
                           Condition& condition)
{
    const auto stage = turn_on(subject);
    if (!stage)
        return std::unexpected(stage.error());
    const std::uint64_t size = total_size(files);
    Sample sample;

    const auto held = hold_devices(files);
    const auto cached = make_cold(files);
    if (!cached)
        return std::unexpected(cached.error());
    sample.cached_before = *cached;
    const auto condition_before = condition.before();
    if (!condition_before)
        return std::unexpected(condition_before.error());
    const auto memory_before = read_meminfo();
    const auto device_before = device_read_bytes(files.front());
    const auto steal_before = read_steal();
    const auto idle_before = cpu.read();

    auto loads = load_files(subject, files);

    const auto idle_after = cpu.read();
    const auto steal_after = read_steal();
    sample.observed = condition.after(*condition_before);
    const auto device_after = device_read_bytes(files.front());
    const auto memory_after = read_meminfo();
    const auto cached_after = cached_bytes_of(files);
    if (!loads)
        return std::unexpected(loads.error());
    for (Load& load : *loads) {
        if (const auto ended = load.access.end(); !ended)
            return std::unexpected(ended.error());
    }
    for (const Error* error :
         {idle_before ? nullptr : &idle_before.error(), idle_after ? nullptr : &idle_after.error(),
          memory_before ? nullptr : &memory_before.error(), memory_after ? nullptr : &memory_after.error(),
          cached_after ? nullptr : &cached_after.error()}) {
        if (error != nullptr)
            return std::unexpected(*error);
    }

    const Load& last = *std::ranges::max_element(*loads, {}, &Load::total);
    sample.total = last.total;
    sample.cpu_access = last.cpu_access;
    if (loads->size() > 1) {
        for (const Load& load : *loads)
            sample.loads.push_back(load.total);
    }
    sample.cpu = cpu.busy(*idle_before, *idle_after);
    if (steal_before && steal_after)
        sample.steal = std::max(std::chrono::nanoseconds{}, *steal_after - *steal_before);
    sample.phases = loads->front().loaded.phases;
    sample.is_dmabuf = loads->front().loaded.is_dmabuf;
    sample.page_cache = *cached_after;
    sample.system_cache_growth = growth(memory_before->file_cache(), memory_after->file_cache());
    sample.shmem_growth = growth(memory_before->shmem, memory_after->shmem);
    if (device_before && device_after)
        sample.device_read = *device_after - *device_before;
    sample.not_cold = why_not_cold(files, sample.cached_before, sample.device_read);
    sample.path_taken =
        path_from_traces(size, sample.page_cache, sample.device_read, loads->front().loaded.path_taken);

    for (std::size_t i = 0; i < files.size() && sample.wrong.empty(); ++i) {
        const auto wrong = check_content((*loads)[i].loaded, files[i]);
        if (!wrong)
            return std::unexpected(wrong.error());
        sample.wrong = *wrong;
    }
    return sample;
}

Result<std::chrono::nanoseconds> time_load(const Subject& subject, std::span<const TestFile> files)
{
    const auto stage = turn_on(subject);
    if (!stage)
        return std::unexpected(stage.error());
    if (const auto cold = make_cold(files); !cold)
        return std::unexpected(cold.error());
    const auto loads = load_files(subject, files);
    if (!loads)
        return std::unexpected(loads.error());
    return std::ranges::max_element(*loads, {}, &Load::total)->total;
}

Result<std::uint64_t> extra_memory(const Subject& subject, std::span<const TestFile> files,
                                   std::uint64_t plain_drop)
{
    const auto stage = turn_on(subject);
    if (!stage)
        return std::unexpected(stage.error());
    if (const auto cold = make_cold(files); !cold)
        return cold;
    AvailableWatch watch;
    const auto loads = load_files(subject, files);
    const std::uint64_t drop = watch.stop();
    if (!loads)
        return std::unexpected(loads.error());
    const std::uint64_t plain = plain_drop * files.size();
    return drop > plain ? drop - plain : 0;
}

std::string why_not_cold(std::span<const TestFile> files, std::uint64_t cached_before,
                         std::optional<std::uint64_t> device_read)
{
    if (is_memory(files.front()))
        return {};
    const std::uint64_t size = total_size(files);
    if (cached_before != 0)
        return fmt::format("{} bytes of the file were in the page cache before the load", cached_before);
    if (device_read && *device_read < size)
        return fmt::format("the device read only {} of {} bytes during the load", *device_read, size);
    return {};
}

Path path_from_traces(std::uint64_t size, std::uint64_t cached_after,
                      std::optional<std::uint64_t> device_read, Path said_by_method)
{
    if (cached_after >= size / 2 + 1)
        return Path::buffered;
    if (cached_after == 0 && device_read && *device_read >= size)
        return Path::direct;
    return said_by_method;
}

}  // namespace dmaload::bench
