// SPDX-License-Identifier: Apache-2.0
#include "bench/guardian.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

namespace dmaload::bench {

namespace {

/// A tracing instance is busy until the last of its files is closed, which a
/// dying process does one by one.
void remove_folder(const char* path)
{
    constexpr int kTries = 200;
    const timespec pause = {.tv_sec = 0, .tv_nsec = 10'000'000};
    for (int i = 0; i < kTries && rmdir(path) != 0 && errno == EBUSY; ++i)
        nanosleep(&pause, nullptr);
}

void write_file(const char* path, const std::string& text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    // There is nobody left to tell of a failure.
    [[maybe_unused]] const ssize_t written = write(fd, text.data(), text.size());
    close(fd);
}

/// The child. Between fork and exit it may call only what is async-signal-safe,
/// because other threads of the parent may have held any lock.
[[noreturn]] void wait_and_undo(int pipe_end, const std::vector<Undo>& undos)
{
    // Out of reach of the terminal's signals, and holding nothing of the parent's open.
    setsid();
    dup2(pipe_end, STDIN_FILENO);
    close_range(STDIN_FILENO + 1, ~0U, 0);
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
    }
    for (const Undo& undo : undos) {
        if (undo.text)
            write_file(undo.path.c_str(), *undo.text);
        else
            remove_folder(undo.path.c_str());
    }
    _exit(0);
}

}  // namespace

Result<Guardian> Guardian::start(const std::vector<Undo>& undos)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail("pipe", "", errno, "Close some files, or raise the limit of open files.");
    const UniqueFd reading(ends[0]);
    UniqueFd alive(ends[1]);
    const pid_t child = fork();
    if (child < 0)
        return fail("fork", "", errno, "End some processes, or raise the limit of them.");
    if (child == 0)
        wait_and_undo(reading.get(), undos);
    return Guardian(std::move(alive), child);
}

Guardian::Guardian(Guardian&& other) noexcept
    : alive_(std::move(other.alive_)), child_(std::exchange(other.child_, -1))
{
}

Guardian::~Guardian()
{
    if (child_ < 0)
        return;
    alive_.reset();
    while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace dmaload::bench
