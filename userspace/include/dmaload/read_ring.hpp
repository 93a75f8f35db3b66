// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads that go on while their caller does something else: as much of
/// io_uring as the library uses.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace dmaload {

/// A read to be made.
struct RingRead {
    int fd = -1;
    void* target = nullptr;
    std::size_t count = 0;  ///< bytes; at most 1 GiB
    off_t offset = 0;
    std::uint64_t id = 0;              ///< comes back with the result
    std::optional<unsigned> buffer{};  ///< the registered buffer that \p target lies in
};

/// A read that has ended.
struct RingResult {
    std::uint64_t id = 0;
    int result = 0;  ///< bytes, or a negative errno
};

/// Made by Syscalls::make_ring(); for one thread. Like system calls, what can
/// fail returns -1 and sets errno.
class ReadRing {
public:
    /// Waits for the reads that are in flight: their memory may be freed then.
    virtual ~ReadRing() = default;

    /// Adds a read to those that the next submit() starts. Until they have
    /// ended there may be as many as the ring has entries; EBUSY beyond that.
    virtual int prepare(const RingRead& read) = 0;
    /// Starts what is prepared. With \p wait it returns when next() has a
    /// result, if there is anything to wait for.
    virtual int submit(bool wait) = 0;
    /// The result of a read that has ended, in no particular order.
    virtual std::optional<RingResult> next() = 0;

    /// Makes room for \p count registered buffers.
    virtual int reserve_buffers(unsigned count) = 0;
    /// Registers memory (at most 1 GiB), which is pinned until the ring is gone.
    virtual int set_buffer(unsigned index, void* address, std::size_t length) = 0;

protected:
    ReadRing() = default;
    ReadRing(const ReadRing&) = default;
    ReadRing& operator=(const ReadRing&) = default;
};

}  // namespace dmaload
