// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <liburing.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dmaload/unique_fd.hpp>
#include <memory>
#include <vector>

#include "bench/limit.hpp"

namespace dmaload::bench {

namespace {

constexpr unsigned kEntries = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLargestBuffer = std::size_t{1} << 30;  // io_uring registers no larger ones
constexpr std::uint64_t kAlignment = 4096;                    // enough for every device's direct I/O

std::uint64_t round_up(std::uint64_t value, std::uint64_t to)
{
    return (value + to - 1) / to * to;
}

}  // namespace

struct Reader::State {
    io_uring ring{};
    bool has_ring = false;
    std::byte* memory = nullptr;
    std::size_t length = 0;

    ~State()
    {
        if (has_ring)
            io_uring_queue_exit(&ring);
        if (memory != nullptr)
            munmap(memory, length);
    }
};

Reader::Reader(Reader&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

Reader::~Reader()
{
    delete state_;
}

Result<Reader> Reader::create(std::uint64_t size)
{
    auto state = std::make_unique<State>();
    const std::size_t length = round_up(size, kHugePage) + kHugePage;
    void* const memory = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return fail("mmap", fmt::format("{} bytes for the io_uring reader", length), errno);
    state->memory = static_cast<std::byte*>(memory);
    state->length = length;
    (void)madvise(memory, length, MADV_HUGEPAGE);  // 4 KB pages do as well, only more slowly
    std::memset(memory, 0x5a, length);

    if (const int result = io_uring_queue_init(kEntries, &state->ring, 0); result < 0)
        return fail("io_uring_queue_init", "io_uring", -result,
                    "The limit is then the disk model's alone. sysctl kernel.io_uring_disabled=0 may help.");
    state->has_ring = true;
    std::vector<iovec> buffers;
    for (std::size_t at = 0; at < length; at += kLargestBuffer)
        buffers.push_back({state->memory + at, std::min(kLargestBuffer, length - at)});
    if (const int result =
            io_uring_register_buffers(&state->ring, buffers.data(), static_cast<unsigned>(buffers.size()));
        result < 0)
        return fail("io_uring_register_buffers", fmt::format("{} bytes", length), -result,
                    "Pinned memory is limited by RLIMIT_MEMLOCK; root is not.");
    return Reader(state.release());
}

Result<std::chrono::nanoseconds> Reader::read(const TestFile& file, ReaderSetting setting)
{
    const auto start = std::chrono::steady_clock::now();
    const UniqueFd fd(open(file.path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
    if (!fd)
        return fail("open (O_DIRECT)", file.path, errno);

    io_uring* const ring = &state_->ring;
    const std::uint64_t end = round_up(file.size, kAlignment);
    std::uint64_t submitted = 0;
    std::uint64_t arrived = 0;
    unsigned in_flight = 0;
    int error = 0;
    while (in_flight > 0 || (submitted < end && error == 0)) {
        while (submitted < end && error == 0 && in_flight < setting.depth) {
            io_uring_sqe* const sqe = io_uring_get_sqe(ring);
            // No read crosses from one registered buffer into the next.
            const std::uint64_t to_border = kLargestBuffer - submitted % kLargestBuffer;
            const std::uint64_t length = std::min({setting.block, end - submitted, to_border});
            io_uring_prep_read_fixed(sqe, fd.get(), state_->memory + submitted, static_cast<unsigned>(length),
                                     submitted, static_cast<int>(submitted / kLargestBuffer));
            submitted += length;
            ++in_flight;
        }
        if (const int result = io_uring_submit_and_wait(ring, 1); result < 0 && result != -EINTR)
            return fail("io_uring_submit_and_wait", file.path, -result);
        io_uring_cqe* cqe = nullptr;
        while (io_uring_peek_cqe(ring, &cqe) == 0) {
            if (cqe->res < 0)
                error = -cqe->res;
            else
                arrived += static_cast<std::uint64_t>(cqe->res);
            io_uring_cqe_seen(ring, cqe);
            --in_flight;
        }
    }
    const auto total = std::chrono::steady_clock::now() - start;
    if (error != 0)
        return fail("read (io_uring, O_DIRECT)", file.path, error);
    if (arrived < file.size)
        return fail("read (io_uring, O_DIRECT)",
                    fmt::format("{}: {} of {} bytes", file.path, arrived, file.size), EIO);
    return total;
}

}  // namespace dmaload::bench
