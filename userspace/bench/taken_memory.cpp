// SPDX-License-Identifier: Apache-2.0
#include "bench/taken_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <dmaload/heap.hpp>
#include <span>
#include <utility>
#include <vector>

#include "bench/page_cache.hpp"
#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

[[noreturn]] void hold()
{
    for (;;)
        pause();
}

/// The OOM killer is to choose someone else: without this process the machine
/// would not be in the state that is measured.
void be_spared()
{
    (void)write_text("/proc/self/oom_score_adj", "-1000");
}

std::uint64_t page_size()
{
    return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// Ordinary pages, each of its own, that neither swapping nor compaction takes.
Result<std::span<std::byte>> take_pages(std::uint64_t bytes)
{
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return fail("mmap", fmt::format("{} bytes", bytes), errno, "Take less memory.");
    (void)madvise(memory, bytes, MADV_NOHUGEPAGE);
    return std::span(static_cast<std::byte*>(memory), bytes);
}

Result<void> eat_memory(std::uint64_t bytes)
{
    be_spared();
    const auto memory = take_pages(bytes);
    if (!memory)
        return std::unexpected(memory.error());
    if (mlock(memory->data(), memory->size()) != 0)
        return fail("mlock", fmt::format("{} bytes", bytes), errno, "Take less memory, or run as root.");
    return {};
}

/// What must stay free while everything else is taken: below its watermarks
/// the kernel would start to reclaim.
std::uint64_t reserve(const Meminfo& memory)
{
    const auto min_free = parse_number(read_line_or_empty("/proc/sys/vm/min_free_kbytes")).value_or(0);
    return std::max(4 * min_free * 1024, memory.total / 64);
}

/// Page frame numbers of locked memory (Documentation/admin-guide/mm/pagemap.rst).
Result<std::vector<std::uint64_t>> frames_of(std::span<const std::byte> memory)
{
    constexpr const char* kPath = "/proc/self/pagemap";
    constexpr std::uint64_t kFrameBits = (std::uint64_t{1} << 55) - 1;
    const UniqueFd fd(open(kPath, O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail("open", kPath, errno, "Run as root.");
    std::vector<std::uint64_t> frames(memory.size() / page_size());
    const auto first = reinterpret_cast<std::uintptr_t>(memory.data()) / page_size();
    const std::span bytes = std::as_writable_bytes(std::span(frames));
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t n = pread(fd.get(), bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(first * sizeof(std::uint64_t) + done));
        if (n <= 0)
            return fail("read", kPath, n < 0 ? errno : EIO, "Run as root.");
        done += static_cast<std::size_t>(n);
    }
    for (std::uint64_t& frame : frames)
        frame &= kFrameBits;
    return frames;
}

/// Gives back every page with an even frame number; its buddy of order 0 has
/// the odd one behind it, and stays.
Result<void> give_back_half(std::span<std::byte> memory)
{
    const auto frames = frames_of(memory);
    if (!frames)
        return std::unexpected(frames.error());
    for (std::size_t i = 0; i < frames->size(); ++i) {
        std::byte* const page = memory.data() + i * page_size();
        if ((*frames)[i] % 2 == 0 && madvise(page, page_size(), MADV_DONTNEED_LOCKED) != 0)
            return fail("madvise MADV_DONTNEED_LOCKED", "a locked page", errno,
                        "Linux 5.18 or later has it.");
    }
    return {};
}

/// Buffers of the heap, which asks for large blocks first, until none is left:
/// while one is filled others may come free.
Result<void> take_large_blocks(const Heap& heap, std::vector<UniqueFd>& buffers)
{
    constexpr int kMost = 100;
    for (int i = 0; i < kMost; ++i) {
        const auto blocks = read_free_blocks();
        if (!blocks)
            return std::unexpected(blocks.error());
        const std::uint64_t pages = free_pages_from(*blocks, kHeapOrder);
        if (pages == 0)
            return {};
        auto buffer = heap.allocate(pages * page_size());
        if (!buffer)
            return std::unexpected(buffer.error());
        buffers.push_back(std::move(*buffer));
    }
    return fail("fragment", "free memory", EAGAIN, "Blocks above single pages came back again and again.");
}

/// Keeps compaction from making large blocks, and from searching the whole
/// memory for each huge page that a memfd would like, until the result is gone.
Result<Guardian> leave_blocks_alone()
{
    struct Change {
        const char* path;
        const char* text;
    };
    constexpr std::array changes = {Change{"/proc/sys/vm/compact_unevictable_allowed", "0"},
                                    Change{"/proc/sys/vm/compaction_proactiveness", "0"},
                                    Change{"/sys/kernel/mm/transparent_hugepage/defrag", "never"}};
    std::vector<Undo> undos;
    std::vector<Change> possible;
    for (const Change& change : changes) {
        // A kernel without compaction, or without huge pages, needs no change.
        const auto before = read_text(change.path);
        if (!before)
            continue;
        const std::string_view word = selected_word(*before);
        undos.push_back({.path = change.path, .text = word.empty() ? *before : std::string(word)});
        possible.push_back(change);
    }
    auto guardian = Guardian::start(undos);
    if (!guardian)
        return guardian;
    for (const Change& change : possible) {
        if (const auto written = write_text(change.path, change.text); !written)
            return std::unexpected(written.error());
    }
    return guardian;
}

}  // namespace

Result<EatenMemory> EatenMemory::eat(unsigned percent)
{
    const auto memory = read_meminfo();
    if (!memory)
        return std::unexpected(memory.error());
    const std::uint64_t bytes = memory->total / 100 * percent / page_size() * page_size();
    auto child = Child::start([&] { return eat_memory(bytes); }, hold);
    if (!child)
        return std::unexpected(child.error());
    return EatenMemory(std::move(*child), bytes);
}

Result<FragmentedMemory> FragmentedMemory::fragment(const std::string& heap_name)
{
    auto heap = Heap::open(heap_name);
    if (!heap)
        return std::unexpected(heap.error());
    auto settings = leave_blocks_alone();
    if (!settings)
        return std::unexpected(settings.error());
    if (const auto dropped = drop_caches(); !dropped)
        return std::unexpected(dropped.error());

    const auto prepare = [&]() -> Result<void> {
        be_spared();
        const auto memory = read_meminfo();
        if (!memory)
            return std::unexpected(memory.error());
        const std::uint64_t kept = reserve(*memory);
        const std::uint64_t wanted = memory->available > kept ? memory->available - kept : 0;
        // Step by step, as MemAvailable counts what only reclaim would find.
        const auto pages = take_pages(wanted / kMiB * kMiB);
        if (!pages)
            return std::unexpected(pages.error());
        std::size_t taken = 0;
        for (; taken < pages->size(); taken += kMiB) {
            const auto now = read_meminfo();
            if (!now || now->free <= kept)
                break;
            if (mlock(pages->data() + taken, kMiB) != 0)
                return fail("mlock", fmt::format("{} bytes", taken + kMiB), errno, "Run as root.");
        }
        return give_back_half(pages->first(taken));
    };
    auto child = Child::start(prepare, hold);
    if (!child)
        return std::unexpected(child.error());
    FragmentedMemory memory(std::move(*settings), std::move(*child), std::move(*heap));
    if (const auto renewed = memory.renew(); !renewed)
        return std::unexpected(renewed.error());
    return memory;
}

Result<void> FragmentedMemory::renew()
{
    return take_large_blocks(heap_, buffers_);
}

}  // namespace dmaload::bench
