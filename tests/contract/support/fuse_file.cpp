// SPDX-License-Identifier: Apache-2.0
#include "support/fuse_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/content.hpp"

namespace contract {
namespace {

// More than the 32 pages of data that one write request may bring.
constexpr std::size_t request_size = 256 * kilobyte;
constexpr std::uint64_t forever = 3600;

template <class T>
T take(const std::byte* bytes)
{
    T value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
}

}  // namespace

Available<std::unique_ptr<FuseFile>> FuseFile::make(std::uint64_t size, std::uint64_t seed)
{
    std::unique_ptr<FuseFile> file(new FuseFile(size, seed));
    file->device_.reset(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (!file->device_)
        return std::unexpected(std::string("open /dev/fuse: ") + std::strerror(errno));
    // The root of the filesystem is the file itself: no names to look up.
    auto mount = Mount::of(
        "contract", "fuse",
        "fd=" + std::to_string(file->device_.get()) + ",rootmode=100600,user_id=0,group_id=0,allow_other", 0,
        MountPoint::Kind::file);
    if (!mount)
        return std::unexpected(mount.error());
    file->mount_.emplace(std::move(*mount));
    file->server_ = std::thread([server = file.get()] { server->serve(); });
    struct stat status{};
    if (::stat(file->path().c_str(), &status) != 0)
        throw_errno("stat " + file->path());
    return file;
}

FuseFile::~FuseFile()
{
    release();
    mount_.reset();
    stop_ = true;
    if (server_.joinable())
        server_.join();
    // Closing the device ends the connection, even if somebody still uses the file.
}

void FuseFile::hold_from(std::uint64_t offset)
{
    const std::lock_guard lock(mutex_);
    hold_from_ = offset;
}

void FuseFile::release()
{
    std::vector<Held> held;
    {
        const std::lock_guard lock(mutex_);
        hold_from_ = UINT64_MAX;
        held = std::exchange(held_, {});
    }
    for (const Held& read : held)
        answer_read(read.unique, read.offset, read.size);
}

bool FuseFile::holds_reads(std::size_t count)
{
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return held_.size() >= count; });
}

void FuseFile::fail_from(std::uint64_t offset, int error)
{
    const std::lock_guard lock(mutex_);
    fail_from_ = offset;
    error_ = error;
}

void FuseFile::end_at(std::uint64_t offset)
{
    const std::lock_guard lock(mutex_);
    end_at_ = offset;
}

void FuseFile::serve()
{
    std::vector<std::byte> request(request_size);
    while (!stop_) {
        pollfd event{.fd = device_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&event, 1, 50) <= 0)
            continue;
        const ssize_t count = ::read(device_.get(), request.data(), request.size());
        if (count < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
            continue;
        if (count < static_cast<ssize_t>(sizeof(fuse_in_header)))
            return;  // ENODEV: unmounted
        answer(request.data());
    }
}

std::string FuseFile::attributes() const
{
    fuse_attr_out out{};
    out.attr_valid = forever;
    out.attr.ino = FUSE_ROOT_ID;
    out.attr.size = size_;
    out.attr.blocks = size_ / 512 + 1;
    out.attr.mode = S_IFREG | 0600;
    out.attr.nlink = 1;
    out.attr.blksize = 4096;
    return {reinterpret_cast<const char*>(&out), sizeof(out)};
}

void FuseFile::answer(const std::byte* request)
{
    const auto header = take<fuse_in_header>(request);
    const std::byte* body = request + sizeof(header);
    switch (header.opcode) {
    case FUSE_INIT: {
        const auto in = take<fuse_init_in>(body);
        fuse_init_out out{};
        out.major = FUSE_KERNEL_VERSION;
        out.minor = std::min<std::uint32_t>(in.minor, FUSE_KERNEL_MINOR_VERSION);
        out.max_readahead = in.max_readahead;
        out.flags = in.flags & FUSE_ASYNC_READ;
        out.max_background = 64;
        out.congestion_threshold = 48;
        out.max_write = 128 * 1024;
        return reply(header.unique, 0, &out, sizeof(out));
    }
    case FUSE_GETATTR:
    case FUSE_SETATTR: {
        const std::string out = attributes();
        return reply(header.unique, 0, out.data(), out.size());
    }
    case FUSE_OPEN: {
        const fuse_open_out out{};
        return reply(header.unique, 0, &out, sizeof(out));
    }
    case FUSE_READ: {
        const auto in = take<fuse_read_in>(body);
        {
            const std::lock_guard lock(mutex_);
            if (in.offset + in.size > hold_from_) {
                held_.push_back({header.unique, in.offset, in.size});
                changed_.notify_all();
                return;
            }
        }
        return answer_read(header.unique, in.offset, in.size);
    }
    case FUSE_STATFS: {
        fuse_statfs_out out{};
        out.st.bsize = 4096;
        out.st.namelen = 255;
        return reply(header.unique, 0, &out, sizeof(out));
    }
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_FSYNC:
        return reply(header.unique, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:  // a held read stays held: the server is one that does not listen
        return;
    default:
        return reply(header.unique, ENOSYS);
    }
}

void FuseFile::answer_read(std::uint64_t unique, std::uint64_t offset, std::uint32_t size)
{
    std::uint64_t end = 0;
    int error = 0;
    {
        const std::lock_guard lock(mutex_);
        end = std::min(size_, end_at_);
        error = offset + size > fail_from_ ? error_ : 0;
    }
    if (error != 0)
        return reply(unique, error);
    std::vector<std::byte> data(offset < end ? std::min<std::uint64_t>(size, end - offset) : 0);
    dmaload::pattern::fill(data, offset, seed_);
    reply(unique, 0, data.data(), data.size());
}

void FuseFile::reply(std::uint64_t unique, int error, const void* payload, std::size_t length) const
{
    fuse_out_header header{};
    header.len = static_cast<std::uint32_t>(sizeof(header) + length);
    header.error = -error;
    header.unique = unique;
    const iovec parts[] = {{&header, sizeof(header)}, {const_cast<void*>(payload), length}};
    // ENOENT: whoever asked was interrupted and is gone. Nothing to be done.
    [[maybe_unused]] const ssize_t written = ::writev(device_.get(), parts, length != 0 ? 2 : 1);
}

}  // namespace contract
