// SPDX-License-Identifier: Apache-2.0
#include "watchdog.hpp"

#include <cstdio>
#include <string>

#include <unistd.h>

#include "support/system.hpp"

namespace fuzz {
namespace {

std::string file_of_task(pid_t task, const char* name)
{
    try {
        return contract::read_text("/proc/self/task/" + std::to_string(task) + "/" + name);
    } catch (const std::exception& problem) {
        return problem.what();
    }
}

}  // namespace

Watchdog::Watchdog(std::chrono::seconds limit) : limit_(limit), thread_([this] { watch(); }) {}

Watchdog::~Watchdog()
{
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Watchdog::begin(const Call& call)
{
    const std::lock_guard lock(mutex_);
    call_ = &call;
    task_ = ::gettid();
    deadline_ = std::chrono::steady_clock::now() + limit_;
}

void Watchdog::end()
{
    const std::lock_guard lock(mutex_);
    deadline_.reset();
}

void Watchdog::watch()
{
    std::unique_lock lock(mutex_);
    while (!stop_) {
        changed_.wait_for(lock, std::chrono::milliseconds(500));
        if (deadline_ && std::chrono::steady_clock::now() > *deadline_)
            give_up();
    }
}

/// The thread that hangs may hang for good: nothing is tidied up.
void Watchdog::give_up() const
{
    std::printf("not ok - a call took longer than %lld s\n#   %s\n#   it is at %s\n# %s\n",
                static_cast<long long>(limit_.count()), to_text(*call_).c_str(),
                file_of_task(task_, "wchan").c_str(), file_of_task(task_, "stack").c_str());
    std::fflush(stdout);
    ::_exit(1);
}

}  // namespace fuzz
