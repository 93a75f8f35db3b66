// SPDX-License-Identifier: Apache-2.0
#include "bench/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <dmaload/unique_fd.hpp>
#include <utility>

namespace dmaload::bench {

namespace {

/// What the child tells about its preparation: nothing but a zero, or an error.
struct Prepared {
    int code = 0;
    bool failed = false;
    std::array<char, 128> operation{};
    std::array<char, 256> object{};
    std::array<char, 512> advice{};
};

template <std::size_t N>
void keep(std::array<char, N>& place, const std::string& text)
{
    text.copy(place.data(), N - 1);
}

Prepared report_of(const Result<void>& result)
{
    Prepared report;
    if (!result) {
        report.failed = true;
        report.code = result.error().code;
        keep(report.operation, result.error().operation);
        keep(report.object, result.error().object);
        keep(report.advice, result.error().advice);
    }
    return report;
}

[[noreturn]] void be_child(const UniqueFd& tell, const std::function<Result<void>()>& prepare,
                           const std::function<void()>& stay)
{
    // A group of its own: what it starts is ended with it, and Ctrl-C is the parent's.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const Prepared report = report_of(prepare());
    const bool told = write(tell.get(), &report, sizeof(report)) == static_cast<ssize_t>(sizeof(report));
    if (told && !report.failed)
        stay();
    _exit(0);
}

}  // namespace

Result<Child> Child::start(const std::function<Result<void>()>& prepare, const std::function<void()>& stay)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail("pipe", "", errno, "Close some files, or raise the limit of open files.");
    const UniqueFd listen(ends[0]);
    UniqueFd tell(ends[1]);
    const pid_t pid = fork();
    if (pid < 0)
        return fail("fork", "", errno, "End some processes, or raise the limit of them.");
    if (pid == 0)
        be_child(tell, prepare, stay);
    tell.reset();
    Child child(pid);

    Prepared report;
    ssize_t n = 0;
    while ((n = read(listen.get(), &report, sizeof(report))) < 0 && errno == EINTR) {
    }
    if (n != static_cast<ssize_t>(sizeof(report)))
        return fail("start", "a process beside the benchmark", ECHILD,
                    "It was killed while it prepared itself; was there too little memory?");
    if (report.failed)
        return fail(report.operation.data(), report.object.data(), report.code, report.advice.data());
    return child;
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

std::chrono::nanoseconds Child::cpu_time() const
{
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return {};
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Child::~Child()
{
    if (pid_ < 0)
        return;
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace dmaload::bench
