// SPDX-License-Identifier: Apache-2.0
#include "marks.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "support/content.hpp"
#include "support/heap.hpp"
#include "support/process.hpp"

namespace old_data {
namespace {

using contract::megabyte;
using contract::page_size;

constexpr std::uint64_t mark = 0x5EED'C3A5'01D0'DA7A;

// What is left to everybody else while the memory is filled.
constexpr std::uint64_t reserve = 6 * megabyte;
constexpr const char* own_reserve_in_kb = "1024";

struct sysinfo system_info()
{
    struct sysinfo info{};
    if (::sysinfo(&info) != 0)
        contract::throw_errno("sysinfo");
    return info;
}

std::uint64_t free_memory()
{
    return std::uint64_t{system_info().freeram} * system_info().mem_unit;
}

std::uint64_t all_memory()
{
    return std::uint64_t{system_info().totalram} * system_info().mem_unit;
}

/// The kernel begins to reclaim memory only when almost none is free.
class SmallReserve {
public:
    SmallReserve() : before_(contract::read_text(path)) { contract::write_text(path, own_reserve_in_kb); }
    SmallReserve(const SmallReserve&) = delete;
    SmallReserve& operator=(const SmallReserve&) = delete;
    ~SmallReserve() { contract::write_text(path, before_); }

private:
    static constexpr const char* path = "/proc/sys/vm/min_free_kbytes";
    std::string before_;
};

/// The numbers of physical pages, in memory that a child shares.
class Frames {
public:
    explicit Frames(std::size_t most) : size_((most + 1) * sizeof(std::uint64_t))
    {
        void* const address =
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (address == MAP_FAILED)
            contract::throw_errno("mmap");
        count_ = static_cast<std::uint64_t*>(address);
    }
    Frames(const Frames&) = delete;
    Frames& operator=(const Frames&) = delete;
    ~Frames() { ::munmap(count_, size_); }

    /// Adds those of a part of this process's memory.
    void add(const void* begin, std::size_t size) const
    {
        constexpr std::uint64_t number = (std::uint64_t{1} << 55U) - 1;
        const contract::UniqueFd map = contract::open_file("/proc/self/pagemap", O_RDONLY);
        const std::size_t bytes = size / page_size() * sizeof(std::uint64_t);
        const auto place = reinterpret_cast<std::uintptr_t>(begin) / page_size() * sizeof(std::uint64_t);
        std::uint64_t* const to = count_ + 1 + *count_;
        for (std::size_t done = 0; done < bytes;) {
            const ssize_t count = ::pread(map.get(), reinterpret_cast<std::byte*>(to) + done, bytes - done,
                                          static_cast<off_t>(place + done));
            if (count <= 0)
                contract::throw_errno("read /proc/self/pagemap");
            done += static_cast<std::size_t>(count);
        }
        for (std::size_t page = 0; page < size / page_size(); ++page)
            to[page] &= number;
        *count_ += size / page_size();
    }
    [[nodiscard]] std::span<const std::uint64_t> all() const { return {count_ + 1, *count_}; }

private:
    std::size_t size_;
    std::uint64_t* count_ = nullptr;  ///< and the numbers behind it
};

void fill_words(void* memory, std::size_t size)
{
    std::fill_n(static_cast<std::uint64_t*>(memory), size / sizeof(mark), mark);
}

/// Fills the process's own memory until only the reserve is free, and frees it.
void fill_own_memory(const Frames& frames)
{
    const std::size_t most = all_memory();
    void* const memory =
        ::mmap(nullptr, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        contract::throw_errno("mmap");
    std::size_t filled = 0;
    for (std::uint64_t left = free_memory(); left > reserve + megabyte; left = free_memory()) {
        // Half of it, as page tables and others take some meanwhile.
        const std::size_t step = std::min((left - reserve) / 2 / page_size() * page_size(), most - filled);
        fill_words(static_cast<std::byte*>(memory) + filled, step);
        filled += step;
    }
    frames.add(memory, filled);
    ::munmap(memory, most);
}

/// Fills buffers of the system heap. The kernel keeps free pages in lists by what they were used for, and
/// gives a heap what a heap or the kernel itself has freed before it gives it what a process has.
void fill_heap_buffers()
{
    struct Share {
        std::size_t size;
        int count;
    };
    // One of single pages, of middle and of large chunks; enough to empty the lists.
    constexpr Share shares[] = {
        {60 * contract::kilobyte, 500}, {960 * contract::kilobyte, 32}, {4 * megabyte, 12}};
    const contract::UniqueFd heap = contract::open_heap();
    std::vector<contract::UniqueFd> buffers;
    for (const Share& share : shares) {
        for (int i = 0; i < share.count; ++i) {
            contract::Outcome buffer = contract::alloc(heap.get(), share.size);
            void* const memory =
                ::mmap(nullptr, share.size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer.dmabuf.get(), 0);
            if (memory == MAP_FAILED)
                contract::throw_errno("mmap of a dma-buf");
            fill_words(memory, share.size);
            ::munmap(memory, share.size);
            buffers.push_back(std::move(buffer.dmabuf));
        }
    }
}

int fill(const Frames& frames)
{
    contract::be_the_first_to_go();
    fill_own_memory(frames);
    fill_heap_buffers();
    return 0;
}

/// Gives the pages that each CPU keeps for itself back to all: an allocation of CMA does that first.
void collect_pages_of_cpus()
{
    for (const std::string& name : contract::reading_heaps())
        if (name != "system")
            contract::alloc(contract::open_heap(name).get(), page_size());
}

/// What the kernel says of each physical page.
std::vector<std::uint64_t> page_flags()
{
    const contract::UniqueFd file = contract::open_file("/proc/kpageflags", O_RDONLY);
    std::vector<std::uint64_t> flags(all_memory() / page_size());
    std::size_t count = 0;
    for (;;) {
        if (count == flags.size())
            flags.resize(2 * count);
        const ssize_t bytes =
            ::pread(file.get(), flags.data() + count, (flags.size() - count) * sizeof(flags[0]),
                    static_cast<off_t>(count * sizeof(flags[0])));
        if (bytes < 0)
            contract::throw_errno("read /proc/kpageflags");
        if (bytes == 0)
            break;
        count += static_cast<std::size_t>(bytes) / sizeof(flags[0]);
    }
    flags.resize(count);
    return flags;
}

unsigned int permille_of_free(std::span<const std::uint64_t> marked)
{
    const std::vector<std::uint64_t> flags = page_flags();
    const auto is_free = [&](std::uint64_t frame) {
        return frame < flags.size() && (flags[frame] >> KPF_BUDDY & 1U) != 0;
    };
    std::size_t all = 0;
    for (std::uint64_t frame = 0; frame < flags.size(); ++frame)
        all += is_free(frame) ? 1 : 0;
    const auto with_mark = static_cast<std::size_t>(std::ranges::count_if(marked, is_free));
    return all != 0 ? static_cast<unsigned int>(1000 * with_mark / all) : 0;
}

std::span<const std::uint64_t> words_of(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const std::uint64_t*>(bytes.data()), bytes.size() / sizeof(mark)};
}

}  // namespace

unsigned int leave_marks()
{
    contract::drop_caches();
    const SmallReserve small;
    const Frames frames(all_memory() / page_size());
    collect_pages_of_cpus();
    {
        contract::Child filler([&] { return fill(frames); });
        if (filler.wait() != 0)
            throw std::runtime_error("the process that fills all memory failed");
    }
    collect_pages_of_cpus();
    return permille_of_free(frames.all());
}

std::optional<std::uint64_t> find_mark(std::span<const std::byte> bytes)
{
    const auto words = words_of(bytes);
    const auto found = std::ranges::find(words, mark);
    if (found == words.end())
        return std::nullopt;
    return static_cast<std::uint64_t>(found - words.begin()) * sizeof(mark);
}

bool is_all_marks(std::span<const std::byte> bytes)
{
    return std::ranges::all_of(words_of(bytes), [](std::uint64_t word) { return word == mark; });
}

}  // namespace old_data
