// SPDX-License-Identifier: Apache-2.0
#include "kernel_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "page.hpp"

namespace dmaload {
namespace {

using Copied = std::expected<std::uint64_t, int>;

/// One call copies at most this much: below what the kernel cuts it to (2 GiB
/// - 1 page), and a multiple of every block size.
constexpr std::uint64_t max_copy = std::uint64_t{1} << 30U;

/// What a pipe may have without privileges (fs.pipe-max-size), unless somebody
/// has changed that.
constexpr int pipe_size = 1 << 20;

Copied copied(ssize_t n)
{
    if (n < 0)
        return std::unexpected(errno);
    return static_cast<std::uint64_t>(n);
}

class Sendfile final : public KernelCopy {
public:
    std::string_view call() const override { return "sendfile"; }
    bool asks_for_blocks() const override { return true; }

    Copied copy(int file, std::uint64_t offset, int target, std::uint64_t count) override
    {
        auto position = static_cast<off_t>(offset);
        return copied(syscalls().sendfile(target, file, &position, static_cast<std::size_t>(count)));
    }
};

class Splice final : public KernelCopy {
public:
    Splice(UniqueFd reader, UniqueFd writer) : reader_(std::move(reader)), writer_(std::move(writer)) {}

    std::string_view call() const override { return "splice"; }
    bool asks_for_blocks() const override { return true; }

    Copied copy(int file, std::uint64_t offset, int target, std::uint64_t count) override
    {
        auto position = static_cast<off_t>(offset);
        const auto read =
            copied(syscalls().splice(file, &position, writer_.get(), static_cast<std::size_t>(count)));
        for (std::uint64_t left = read.value_or(0); left != 0;) {
            const auto written =
                copied(syscalls().splice(reader_.get(), nullptr, target, static_cast<std::size_t>(left)));
            if (!written && written.error() == EINTR)
                continue;
            if (!written)
                return written;
            if (*written == 0)  // the target is full
                return std::unexpected(ENOSPC);
            left -= *written;
        }
        return read;
    }

private:
    UniqueFd reader_;
    UniqueFd writer_;
};

class CopyFileRange final : public KernelCopy {
public:
    std::string_view call() const override { return "copy_file_range"; }
    bool asks_for_blocks() const override { return false; }

    Copied copy(int file, std::uint64_t offset, int target, std::uint64_t count) override
    {
        auto from = static_cast<off_t>(offset);
        auto to = from;
        return copied(syscalls().copy_file_range(file, &from, target, &to, static_cast<std::size_t>(count)));
    }
};

Error copy_error(const KernelCopy& call, const FileSource& file, int code)
{
    const bool refused = code == EINVAL || code == EOPNOTSUPP;
    return {fmt::format("{} of", call.call()), file.path(), code,
            refused ? "The call may not read files of this kind, or the filesystem not directly: try "
                      "buffered mode, or another method."
                    : common_advice(code)};
}

}  // namespace

std::unique_ptr<KernelCopy> make_sendfile()
{
    return std::make_unique<Sendfile>();
}

Result<std::unique_ptr<KernelCopy>> make_splice()
{
    int ends[2];
    if (syscalls().pipe(ends) < 0) {
        const int code = errno;
        return fail("pipe", "for splice", code, common_advice(code));
    }
    auto call = std::make_unique<Splice>(UniqueFd(ends[0]), UniqueFd(ends[1]));
    // A smaller one does the same in more steps.
    syscalls().set_pipe_size(ends[1], pipe_size);
    return call;
}

std::unique_ptr<KernelCopy> make_copy_file_range()
{
    return std::make_unique<CopyFileRange>();
}

Result<std::uint64_t> copy_file(KernelCopy& call, const FileSource& file, int target)
{
    const std::uint64_t end = call.asks_for_blocks() ? round_up(file.size(), file.alignment()) : file.size();
    std::uint64_t done = 0;
    while (done < file.size()) {
        const std::uint64_t count = std::min(end - done, max_copy);
        const auto n = call.copy(file.fd(), done, target, count);
        if (!n && n.error() == EINTR)
            continue;
        if (!n)
            return std::unexpected(copy_error(call, file, n.error()));
        if (*n == 0)
            return std::unexpected(file.shrank());
        // Direct reads cannot go on within a block.
        if (done + *n < file.size() && *n % file.alignment() != 0)
            return std::unexpected(file.cut_short(done, count, *n));
        done += *n;
    }
    return done;
}

}  // namespace dmaload
