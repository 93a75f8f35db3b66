// SPDX-License-Identifier: Apache-2.0
#include "support/process.hpp"

#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "support/system.hpp"

namespace contract {

Child::Child(const std::function<int()>& body) : pid_(::fork())
{
    if (pid_ < 0)
        throw_errno("fork");
    // What the body throws must end the child: it would go on with the test, and with those that follow.
    if (pid_ == 0)
        ::_exit([&]() noexcept { return body(); }());
}

Child::~Child()
{
    if (ended())
        return;
    ::kill(pid_, SIGKILL);
    // What cannot be killed must not hang the whole suite: its test has failed already.
    wait();
}

void Child::signal(int number) const
{
    if (!status_ && ::kill(pid_, number) != 0)
        throw_errno("kill");
}

std::optional<int> Child::ended()
{
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
    return status_;
}

std::optional<int> Child::wait(std::chrono::seconds limit)
{
    eventually([this] { return ended().has_value(); }, limit);
    return status_;
}

void be_the_first_to_go()
{
    require_write("/proc/self/oom_score_adj", "1000");
}

void RandomDelay::sleep()
{
    std::this_thread::sleep_for(next());
}

}  // namespace contract
