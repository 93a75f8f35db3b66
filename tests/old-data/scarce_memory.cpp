// SPDX-License-Identifier: Apache-2.0
#include "scarce_memory.hpp"

#include <stdexcept>

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/content.hpp"

namespace old_data {
namespace {

contract::UniqueFd event()
{
    contract::UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd)
        contract::throw_errno("eventfd");
    return fd;
}

/// In a child: takes memory in steps, as others give some back meanwhile.
int take_all_but(long long left, int taken)
{
    constexpr long long step = static_cast<long long>(contract::megabyte);
    contract::be_the_first_to_go();
    while (contract::available_memory() > left + step)
        if (::mmap(nullptr, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
                   0) == MAP_FAILED)
            return 1;
    ::eventfd_write(taken, 1);
    ::pause();
    return 0;
}

}  // namespace

ScarceMemory::ScarceMemory(long long left)
    : taken_(event()), taker_([&, fd = taken_.get()] { return take_all_but(left, fd); })
{
    eventfd_t count = 0;
    if (!contract::eventually(
            [&] { return ::eventfd_read(taken_.get(), &count) == 0 || taker_.ended().has_value(); }) ||
        taker_.ended())
        throw std::runtime_error("the process that takes memory has not got it");
}

}  // namespace old_data
