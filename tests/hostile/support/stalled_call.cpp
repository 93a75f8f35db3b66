// SPDX-License-Identifier: Apache-2.0
#include "support/stalled_call.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include <linux/dma-heap.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/content.hpp"

namespace hostile {
namespace {

// Before the child has made its userfaultfd.
constexpr int none = -1;
constexpr int limit_in_milliseconds = 20'000;

int call_once(int heap, unsigned long command, std::span<const std::byte> bytes, StalledMemory::On on,
              std::span<const std::byte> ranges, volatile int& number)
{
    if (ranges.empty()) {
        const StalledMemory stalled(bytes, on);
        number = stalled.descriptor();
        return ::ioctl(heap, command, stalled.address()) < 0 ? errno : 0;
    }
    const StalledMemory stalled(ranges, on);
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    const auto address = reinterpret_cast<std::uintptr_t>(stalled.address());
    std::memcpy(copy.data() + offsetof(dma_heap_allocate_read_data, ranges), &address, sizeof(address));
    number = stalled.descriptor();
    return ::ioctl(heap, command, copy.data()) < 0 ? errno : 0;
}

}  // namespace

StalledCall::Shared::Shared()
    : number_(static_cast<int*>(
          ::mmap(nullptr, contract::page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)))
{
    if (number_ == MAP_FAILED)
        contract::throw_errno("mmap");
    *number_ = none;
}

StalledCall::Shared::~Shared()
{
    ::munmap(number_, contract::page_size());
}

StalledCall::StalledCall(int heap, unsigned long command, std::span<const std::byte> bytes,
                         StalledMemory::On on, std::span<const std::byte> ranges)
    : child_([=, this] { return call_once(heap, command, bytes, on, ranges, shared_.number()); })
{
}

bool StalledCall::stalls()
{
    if (!contract::eventually([this] { return shared_.number() != none; }))
        return false;
    const contract::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child_.id(), 0)));
    if (!process)
        contract::throw_errno("pidfd_open");
    const contract::UniqueFd fault(
        static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), shared_.number(), 0)));
    if (!fault && (errno == EBADF || errno == ESRCH))
        return false;  // whoever called has ended, and its descriptors with it
    if (!fault)
        contract::throw_errno("pidfd_getfd");
    // A call that ends without it is not waited for.
    pollfd events[] = {{.fd = fault.get(), .events = POLLIN, .revents = 0},
                       {.fd = process.get(), .events = POLLIN, .revents = 0}};
    return ::poll(events, 2, limit_in_milliseconds) > 0 && (events[0].revents & POLLIN) != 0;
}

}  // namespace hostile
