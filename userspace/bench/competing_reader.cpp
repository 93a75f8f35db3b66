// SPDX-License-Identifier: Apache-2.0
#include "bench/competing_reader.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>

#include <dmaload/unique_fd.hpp>

namespace dmaload::bench {
namespace {

constexpr std::size_t kBlock = 1 << 20;

/// What the child reads, and where to; its end unmaps it.
struct Reading {
    UniqueFd file;
    void* block = nullptr;

    [[nodiscard]] ssize_t read(off_t offset) const { return pread(file.get(), block, kBlock, offset); }
};

Result<void> begin(Reading& reading, const std::string& path)
{
    reading.file = UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
    if (!reading.file)
        return fail("open", path, errno, "Another process is to read it directly (O_DIRECT).");
    // Pages are aligned as direct reads want it.
    reading.block = mmap(nullptr, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reading.block == MAP_FAILED)
        return fail("mmap", "1 MB", errno, "End other programs.");
    const ssize_t got = reading.read(0);
    if (got != static_cast<ssize_t>(kBlock))
        return fail("read", path, got < 0 ? errno : EIO, "Another process is to read it in blocks of 1 MB.");
    return {};
}

void repeat(const Reading& reading)
{
    constexpr auto kBetween = std::chrono::milliseconds(10);  // a read that fails at once must not spin
    for (off_t offset = 0;;) {
        const ssize_t got = reading.read(offset);
        offset += got;
        if (got < 0)
            std::this_thread::sleep_for(kBetween);
        if (got != static_cast<ssize_t>(kBlock))
            offset = 0;
    }
}

}  // namespace

Result<Child> start_competing_reader(const std::string& path)
{
    Reading reading;
    return Child::start([&] { return begin(reading, path); }, [&] { repeat(reading); });
}

}  // namespace dmaload::bench
