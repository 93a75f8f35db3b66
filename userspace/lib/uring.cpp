// SPDX-License-Identifier: Apache-2.0
/// \file
/// The real ReadRing.
#include <liburing.h>

#include <cerrno>
#include <memory>

#include <dmaload/read_ring.hpp>
#include <dmaload/syscalls.hpp>

namespace dmaload {
namespace {

/// liburing returns negative errnos.
int to_errno(int result)
{
    if (result >= 0)
        return 0;
    errno = -result;
    return -1;
}

class Uring final : public ReadRing {
public:
    /// Nullptr, and errno set.
    static std::unique_ptr<ReadRing> create(unsigned entries)
    {
        std::unique_ptr<Uring> ring(new Uring);
        // Completions are looked at when we ask, not by an interrupt of what we do (Linux 6.0).
        int result = io_uring_queue_init(entries, &ring->ring_,
                                         IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN);
        if (result == -EINVAL)
            result = io_uring_queue_init(entries, &ring->ring_, 0);
        if (to_errno(result) < 0)
            return nullptr;
        ring->made_ = true;
        return ring;
    }

    Uring(const Uring&) = delete;
    Uring& operator=(const Uring&) = delete;

    ~Uring() override
    {
        if (!made_)
            return;
        while (in_flight_ != 0) {
            // No error but an interruption is temporary; then the kernel itself cancels and waits.
            if (submit(true) < 0 && errno != EINTR)
                break;
            while (next()) {
            }
        }
        io_uring_queue_exit(&ring_);
    }

    int prepare(const RingRead& read) override
    {
        io_uring_sqe* const sqe = in_flight_ < ring_.sq.ring_entries ? io_uring_get_sqe(&ring_) : nullptr;
        if (sqe == nullptr) {
            errno = EBUSY;
            return -1;
        }
        const auto count = static_cast<unsigned>(read.count);
        const auto offset = static_cast<__u64>(read.offset);
        if (read.buffer)
            io_uring_prep_read_fixed(sqe, read.fd, read.target, count, offset,
                                     static_cast<int>(*read.buffer));
        else
            io_uring_prep_read(sqe, read.fd, read.target, count, offset);
        io_uring_sqe_set_data64(sqe, read.id);
        ++in_flight_;
        return 0;
    }

    int submit(bool wait) override
    {
        return to_errno(wait && in_flight_ != 0 ? io_uring_submit_and_wait(&ring_, 1)
                                                : io_uring_submit(&ring_));
    }

    std::optional<RingResult> next() override
    {
        io_uring_cqe* cqe = nullptr;
        if (io_uring_peek_cqe(&ring_, &cqe) != 0)
            return std::nullopt;
        const RingResult result{io_uring_cqe_get_data64(cqe), cqe->res};
        io_uring_cqe_seen(&ring_, cqe);
        --in_flight_;
        return result;
    }

    int reserve_buffers(unsigned count) override
    {
        return to_errno(io_uring_register_buffers_sparse(&ring_, count));
    }

    int set_buffer(unsigned index, void* address, std::size_t length) override
    {
        const iovec memory{address, length};
        const __u64 untagged = 0;
        return to_errno(io_uring_register_buffers_update_tag(&ring_, index, &memory, &untagged, 1));
    }

private:
    Uring() = default;

    io_uring ring_{};
    bool made_ = false;
    unsigned in_flight_ = 0;  ///< prepared, and not yet taken by next()
};

}  // namespace

std::unique_ptr<ReadRing> Syscalls::make_ring(unsigned entries)
{
    return Uring::create(entries);
}

}  // namespace dmaload
