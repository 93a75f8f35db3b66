// SPDX-License-Identifier: Apache-2.0
/// \file
/// An io_uring that reads when it is waited for, the last read first: whoever
/// looks at memory too early, or takes reads to end in order, is found out.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <map>
#include <vector>

#include "fake_kernel.hpp"
#include "fake_support.hpp"

namespace dmaload::test {
namespace {

class FakeRing final : public ReadRing {
public:
    FakeRing(FakeKernel& kernel, unsigned entries) : kernel_(kernel), entries_(entries) {}
    FakeRing(const FakeRing&) = delete;
    FakeRing& operator=(const FakeRing&) = delete;

    /// What was started goes on, as in a real one.
    ~FakeRing() override
    {
        while (!started_.empty())
            read_one();
    }

    int prepare(const RingRead& read) override
    {
        if (prepared_.size() + started_.size() + done_.size() >= entries_)
            return error(EBUSY);
        prepared_.push_back(read);
        return 0;
    }

    int submit(bool wait) override
    {
        if (kernel_.fails("io_uring_enter"))
            return -1;
        started_.insert(started_.end(), prepared_.begin(), prepared_.end());
        prepared_.clear();
        if (wait && done_.empty() && !started_.empty())
            read_one();
        return 0;
    }

    std::optional<RingResult> next() override
    {
        if (done_.empty())
            return std::nullopt;
        const RingResult result = done_.back();
        done_.pop_back();
        return result;
    }

    int reserve_buffers(unsigned count) override
    {
        if (kernel_.fails("io_uring_register"))
            return -1;
        if (!kernel_.ring_registers || count == 0)
            return error(EINVAL);
        room_ = count;
        return 0;
    }

    int set_buffer(unsigned index, void* address, std::size_t length) override
    {
        if (kernel_.fails("io_uring_register"))
            return -1;
        if (index >= room_)
            return error(EINVAL);
        const auto begin = reinterpret_cast<std::uintptr_t>(address);
        buffers_[index] = {begin, begin + length};
        return 0;
    }

private:
    void read_one()
    {
        const RingRead read = started_.back();
        started_.pop_back();
        if (!lies_in_its_buffer(read)) {
            done_.push_back({read.id, -EFAULT});
            return;
        }
        const ssize_t n = kernel_.pread(read.fd, read.target, read.count, read.offset);
        done_.push_back({read.id, n < 0 ? -errno : static_cast<int>(n)});
    }

    [[nodiscard]] bool lies_in_its_buffer(const RingRead& read) const
    {
        if (!read.buffer)
            return true;
        const auto found = buffers_.find(*read.buffer);
        const auto begin = reinterpret_cast<std::uintptr_t>(read.target);
        return found != buffers_.end() && begin >= found->second.begin &&
               begin + read.count <= found->second.end;
    }

    struct Memory {
        std::uintptr_t begin, end;
    };

    FakeKernel& kernel_;
    std::size_t entries_;
    std::vector<RingRead> prepared_;
    std::vector<RingRead> started_;
    std::vector<RingResult> done_;
    unsigned room_ = 0;
    std::map<unsigned, Memory> buffers_;
};

}  // namespace

std::unique_ptr<ReadRing> FakeKernel::make_ring(unsigned entries)
{
    if (ring_kills)
        (void)std::raise(SIGSYS);
    if (fails("io_uring_setup"))
        return nullptr;
    if (ring_error != 0) {
        errno = ring_error;
        return nullptr;
    }
    return std::make_unique<FakeRing>(*this, entries);
}

}  // namespace dmaload::test
