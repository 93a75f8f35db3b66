// SPDX-License-Identifier: Apache-2.0
#include "queued_reader.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "stopwatch.hpp"

namespace dmaload {
namespace {

constexpr unsigned probed_entries = 4;

Error ring_error(unsigned entries, int code)
{
    Error error{"io_uring_setup", fmt::format("for {} reads", entries), code, common_advice(code)};
    if (code == ENOSYS)
        error.advice = "The kernel needs CONFIG_IO_URING.";
    else if (code == EPERM || code == EACCES)
        error.advice =
            "It is forbidden here: see the sysctl kernel.io_uring_disabled, or the sandbox's rules.";
    else if (code == EINVAL)
        error.advice = "Buffers that are registered one by one need Linux 5.19.";
    return error;
}

/// 0 or an errno.
int try_ring(bool registered)
{
    const auto ring = syscalls().make_ring(probed_entries);
    return ring && (!registered || ring->reserve_buffers(1) == 0) ? 0 : errno;
}

}  // namespace

Result<void> probe_ring(bool registered)
{
    const pid_t child = ::fork();
    if (child < 0)
        return fail("fork", "to try io_uring", errno, "The limit of processes may be reached (ulimit -u).");
    if (child == 0)
        ::_exit(try_ring(registered));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return fail("waitpid", "of the process that tries io_uring", errno);
    }
    if (WIFSIGNALED(status))
        return fail("io_uring_setup", fmt::format("for {} reads", probed_entries), EPERM,
                    fmt::format("Signal {} ended the process that tried it: a sandbox forbids io_uring.",
                                WTERMSIG(status)));
    if (const int code = WEXITSTATUS(status); code != 0)
        return std::unexpected(ring_error(probed_entries, code));
    return {};
}

QueuedReader::QueuedReader(const FileSource& file, std::unique_ptr<ReadRing> ring, unsigned depth)
    : file_(&file), ring_(std::move(ring)), slots_(depth)
{
    for (std::size_t slot = depth; slot-- > 0;)
        free_.push_back(slot);
}

Result<QueuedReader> QueuedReader::create(const FileSource& file, unsigned depth)
{
    auto ring = syscalls().make_ring(depth);
    if (!ring)
        return std::unexpected(ring_error(depth, errno));
    return QueuedReader(file, std::move(ring), depth);
}

Result<void> QueuedReader::reserve_buffers(unsigned count)
{
    if (ring_->reserve_buffers(count) == 0)
        return {};
    const int code = errno;
    return fail("io_uring_register", fmt::format("room for {} buffers", count), code, common_advice(code));
}

Result<void> QueuedReader::set_buffer(unsigned index, std::span<std::byte> memory)
{
    if (ring_->set_buffer(index, memory.data(), memory.size()) == 0)
        return {};
    const int code = errno;
    return fail("io_uring_register", fmt::format("buffer of {} bytes", memory.size()), code,
                code == ENOMEM ? "Registered memory is limited by RLIMIT_MEMLOCK (ulimit -l); root's is not."
                               : common_advice(code));
}

Result<void> QueuedReader::add(const Block& block)
{
    const std::size_t slot = free_.back();
    slots_[slot] = {block};
    if (auto prepared = prepare(slot); !prepared)
        return prepared;
    free_.pop_back();
    return {};
}

Result<void> QueuedReader::prepare(std::size_t slot)
{
    const auto& [block, done] = slots_[slot];
    const auto rest = block.target.subspan(done);
    if (ring_->prepare({.fd = file_->fd(),
                        .target = rest.data(),
                        .count = rest.size(),
                        .offset = static_cast<off_t>(block.offset + done),
                        .id = slot,
                        .buffer = block.buffer}) < 0)
        return std::unexpected(file_->read_error(errno));
    to_start_ = true;
    return {};
}

Result<void> QueuedReader::submit(bool wait)
{
    while (ring_->submit(wait) < 0) {
        const int code = errno;
        if (code != EINTR)
            return fail("io_uring_enter", "for " + file_->path(), code, common_advice(code));
    }
    to_start_ = false;
    return {};
}

Result<void> QueuedReader::start()
{
    Stopwatch watch;
    auto done = to_start_ ? submit(false) : Result<void>{};
    submitting_ += watch.lap();
    return done;
}

Result<Block> QueuedReader::take()
{
    if (auto started = start(); !started)
        return std::unexpected(std::move(started.error()));
    Stopwatch watch;
    for (;;) {
        while (const auto result = ring_->next()) {
            const auto ended = finished(*result);
            if (!ended)
                return std::unexpected(ended.error());
            if (*ended) {
                const auto slot = static_cast<std::size_t>(result->id);
                free_.push_back(slot);
                waiting_ += watch.lap();
                return slots_[slot].block;
            }
        }
        if (auto waited = submit(true); !waited)
            return std::unexpected(std::move(waited.error()));
    }
}

/// Whether the block is there; if not, the rest of it is asked for.
Result<bool> QueuedReader::finished(const RingResult& result)
{
    const auto slot = static_cast<std::size_t>(result.id);
    auto& [block, done] = slots_[slot];
    if (result.result < 0 && result.result != -EINTR)
        return std::unexpected(file_->read_error(-result.result));
    const auto got = static_cast<std::size_t>(result.result > 0 ? result.result : 0);
    const std::size_t wanted = block.target.size() - done;
    const std::uint64_t at = block.offset + done;
    done += got;
    if (got == wanted || (result.result >= 0 && at + got >= file_->size()))
        return true;
    if (result.result >= 0) {
        if (file_->mode() == Mode::direct)
            return std::unexpected(file_->cut_short(at, wanted, got));
        if (got == 0)
            return std::unexpected(file_->shrank());
    }
    if (auto again = prepare(slot); !again)
        return std::unexpected(std::move(again.error()));
    return false;
}

}  // namespace dmaload
