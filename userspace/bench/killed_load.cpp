// SPDX-License-Identifier: Apache-2.0
#include "bench/killed_load.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <dmaload/unique_fd.hpp>
#include <thread>

namespace dmaload::bench {

using Clock = std::chrono::steady_clock;

Result<KilledLoad> kill_load(const Subject& subject, const TestFile& file, std::chrono::nanoseconds after)
{
    const auto stage = turn_on(subject);
    if (!stage)
        return std::unexpected(stage.error());
    if (const auto cold = make_cold({&file, 1}); !cold)
        return std::unexpected(cold.error());
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail("pipe", "", errno, "Close some files, or raise the limit of open files.");
    const UniqueFd listen(ends[0]);
    UniqueFd tell(ends[1]);
    const pid_t child = fork();
    if (child < 0)
        return fail("fork", "", errno, "End some processes, or raise the limit of them.");
    if (child == 0) {
        const bool told = write(tell.get(), "", 1) == 1;
        const auto loaded = subject.way().load(subject.request(file.path));
        _exit(told && loaded ? 0 : 1);
    }
    tell.reset();
    // The load is what is timed, not how long a process takes to start.
    char byte = 0;
    while (read(listen.get(), &byte, 1) < 0 && errno == EINTR) {
    }
    const auto start = Clock::now();
    std::this_thread::sleep_until(start + after);

    const auto killed = Clock::now();
    kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const auto gone = Clock::now();
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        return fail("load", file.path, 0, "The load failed before it was killed.");
    return KilledLoad{.after = killed - start, .ended = gone - killed, .finished = WIFEXITED(status)};
}

}  // namespace dmaload::bench
