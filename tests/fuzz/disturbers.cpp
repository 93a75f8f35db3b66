// SPDX-License-Identifier: Apache-2.0
#include "disturbers.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace fuzz {
namespace {

void stop(std::atomic<bool>& flag, std::thread& thread)
{
    flag = true;
    if (thread.joinable())
        thread.join();
}

/// So that there is a race, and not a call that is over before.
void wait_for(const std::atomic<bool>& running)
{
    while (!running)
        std::this_thread::yield();
}

}  // namespace

Replacer::Replacer(const Files& files, bool wanted)
{
    if (!wanted)
        return;
    std::vector<int> fds;
    for (const std::string& name : files.in_slot())
        fds.push_back(files.file(name).fd);
    thread_ = std::thread([this, fds] {
        while (!stop_) {
            for (const int fd : fds)
                ::dup3(fd, Files::slot, O_CLOEXEC);
            running_ = true;
            ::close(Files::slot);
        }
    });
    wait_for(running_);
}

Replacer::~Replacer()
{
    stop(stop_, thread_);
}

Swapper::Swapper(const Arena& place, const Call& call)
{
    if (call.swap == 0)
        return;
    const std::size_t offset = call.form == Form::ranges ? offsetof(dma_heap_allocate_read_data, reserved)
                                                         : offsetof(dma_heap_allocation_data, reserved);
    // Only in ordinary memory, which is there and can be written.
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a place is what the call gets, and that is a number
    auto* const field = reinterpret_cast<volatile unsigned char*>(place.address() + offset);
    thread_ = std::thread([this, field] {
        while (!stop_) {
            *field = 1;
            running_ = true;
            *field = 0;
        }
    });
    wait_for(running_);
}

Swapper::~Swapper()
{
    stop(stop_, thread_);
}

}  // namespace fuzz
