// SPDX-License-Identifier: Apache-2.0
#include "file_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "aligned_buffer.hpp"
#include "buffer_size.hpp"
#include "page.hpp"

namespace dmaload {
namespace {

/// One call reads at most this much: below what the kernel cuts a read to
/// (2 GiB - 1 page), and a multiple of every block size.
constexpr std::uint64_t max_read = std::uint64_t{1} << 30U;

constexpr const char* try_buffered = "Direct reads do not work on this filesystem; use buffered mode.";

std::string open_advice(int code, Mode mode)
{
    switch (code) {
    case ENOENT:
        return "Check the path.";
    case EACCES:
    case EPERM:
        return "The file must be readable for you.";
    case EINVAL:
        return mode == Mode::direct ? try_buffered : "";
    default:
        return common_advice(code);
    }
}

Result<int> open_file(const std::string& path, Mode mode)
{
    const int flags = O_RDONLY | O_CLOEXEC | (mode == Mode::direct ? O_DIRECT : 0);
    for (;;) {
        const int fd = syscalls().open(path.c_str(), flags);
        if (fd >= 0)
            return fd;
        if (errno != EINTR) {
            const int code = errno;
            return fail(mode == Mode::direct ? "open (O_DIRECT)" : "open", path, code,
                        open_advice(code, mode));
        }
    }
}

/// The multiple that direct reads must keep to, where the kernel says one.
std::optional<std::uint64_t> told_alignment(int fd)
{
    struct statx stx{};
    if (syscalls().statx(fd, STATX_DIOALIGN, &stx) == 0 && (stx.stx_mask & STATX_DIOALIGN) != 0 &&
        stx.stx_dio_offset_align != 0)
        return stx.stx_dio_offset_align;
    return std::nullopt;
}

}  // namespace

Result<FileSource> FileSource::open(const std::string& path, Mode mode)
{
    auto source = open_part(path, mode);
    if (!source)
        return source;
    if (auto fits = check_buffer_size(path, source->size()); !fits)
        return std::unexpected(std::move(fits.error()));
    return source;
}

Result<FileSource> FileSource::open_part(const std::string& path, Mode mode)
{
    const auto fd = open_file(path, mode);
    if (!fd)
        return std::unexpected(fd.error());
    FileSource source(UniqueFd(*fd), path, mode);

    const auto size = source.current_size();
    if (!size)
        return std::unexpected(size.error());
    if (*size == 0)
        return fail("load", path, EINVAL, "The file is empty, and there are no empty dma-bufs.");
    source.size_ = *size;
    if (mode == Mode::direct) {
        const auto told = told_alignment(source.fd());
        source.alignment_ = told.value_or(page_size());
        source.offset_alignment_ = told.value_or(1);
    }
    return source;
}

std::uint64_t FileSource::buffer_size() const noexcept
{
    return round_up(size_, page_size());
}

Result<std::uint64_t> FileSource::current_size() const
{
    struct stat st{};
    if (syscalls().fstat(fd(), &st) < 0) {
        const int code = errno;
        return fail("fstat", path_, code, common_advice(code));
    }
    if (S_ISREG(st.st_mode))
        return static_cast<std::uint64_t>(st.st_size);
    if (!S_ISBLK(st.st_mode))
        return fail("load", path_, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
                    "Only regular files and block devices can be loaded.");
    const off_t end = syscalls().lseek(fd(), 0, SEEK_END);
    if (end < 0) {
        const int code = errno;
        return fail("lseek", path_, code, common_advice(code));
    }
    return static_cast<std::uint64_t>(end);
}

Error FileSource::read_error(int code) const
{
    const bool refused = mode_ == Mode::direct && (code == EINVAL || code == EOPNOTSUPP);
    return {mode_ == Mode::direct ? "direct read of" : "read of", path_, code,
            refused ? try_buffered : common_advice(code)};
}

Error FileSource::shrank() const
{
    return {"read of", path_, EIO,
            fmt::format("The file had {} bytes when it was opened and has become shorter; "
                        "load it when nobody writes to it.",
                        size_)};
}

std::uint64_t FileSource::read_end() const noexcept
{
    return std::min(round_up(size_, alignment_), round_down(buffer_size(), alignment_));
}

Error FileSource::cut_short(std::uint64_t offset, std::uint64_t wanted, std::uint64_t got) const
{
    const auto now = current_size();
    if (now && *now < size_)
        return shrank();
    return {"direct read of", path_, EIO,
            fmt::format("{} bytes came where {} were asked for, at offset {}; use buffered mode.", got,
                        wanted, offset)};
}

Result<void> FileSource::read_into(std::span<std::byte> buffer, std::uint64_t from) const
{
    Result<void> done;
    if (mode_ == Mode::direct)
        done = read_direct(buffer, from);
    else if (from < size_)
        done = read_part(
            buffer.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(size_ - from)), from);
    // Direct reads transfer whole blocks, so the bytes behind the file's are
    // whatever the storage holds there.
    if (done)
        std::ranges::fill(buffer.subspan(static_cast<std::size_t>(size_)), std::byte{0});
    return done;
}

/// One read call; fewer bytes than asked for are the caller's business.
Result<std::size_t> FileSource::read_at(std::span<std::byte> target, std::uint64_t offset) const
{
    const std::size_t count = std::min(target.size(), static_cast<std::size_t>(max_read));
    for (;;) {
        const ssize_t n = syscalls().pread(fd(), target.data(), count, static_cast<off_t>(offset));
        if (n >= 0)
            return static_cast<std::size_t>(n);
        if (errno != EINTR)
            return std::unexpected(read_error(errno));
    }
}

Result<void> FileSource::read_part(std::span<std::byte> target, std::uint64_t offset) const
{
    while (!target.empty()) {
        const auto n = read_at(target, offset);
        if (!n)
            return std::unexpected(n.error());
        if (*n == 0)
            return std::unexpected(shrank());
        target = target.subspan(*n);
        offset += *n;
    }
    return {};
}

Result<void> FileSource::read_direct(std::span<std::byte> buffer, std::uint64_t from) const
{
    for (std::uint64_t offset = from; offset < size_;) {
        // Whole blocks. Where the last one would leave the buffer (blocks
        // larger than pages), it goes through a buffer of its own.
        const std::span<std::byte> rest = buffer.subspan(static_cast<std::size_t>(offset));
        const std::uint64_t wanted =
            std::min({round_up(size_ - offset, alignment_), round_down(rest.size(), alignment_), max_read});
        const auto n = wanted != 0 ? read_at(rest.first(static_cast<std::size_t>(wanted)), offset)
                                   : read_block_at(rest, offset);
        if (!n)
            return std::unexpected(n.error());
        // Going on behind a short direct read would need an alignment that is
        // gone, and there is no reason for one but the end of the file.
        if (offset + *n < size_ && *n < wanted)
            return std::unexpected(cut_short(offset, wanted, *n));
        offset += *n;
    }
    return {};
}

/// Reads one block and copies as much of it as \p target holds.
Result<std::size_t> FileSource::read_block_at(std::span<std::byte> target, std::uint64_t offset) const
{
    const auto block = AlignedBuffer::allocate(static_cast<std::size_t>(alignment_));
    if (!block)
        return fail("allocate", fmt::format("block of {} bytes", alignment_), ENOMEM, common_advice(ENOMEM));
    const auto n = read_at(block->bytes(), offset);
    if (!n)
        return n;
    if (offset + *n < size_)
        return std::unexpected(shrank());
    std::memcpy(target.data(), block->bytes().data(), std::min(*n, target.size()));
    return *n;
}

}  // namespace dmaload
