// SPDX-License-Identifier: Apache-2.0
#include "support/planted.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fixture.hpp"

namespace contract {
namespace {

struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
};
using Block = std::unique_ptr<std::byte[], Free>;

Block make_block()
{
    Block block(static_cast<std::byte*>(std::aligned_alloc(disk_block, disk_block)));
    if (!block)
        throw std::bad_alloc();
    return block;
}

Block read_block(const std::string& device, std::uint64_t where)
{
    Block block = make_block();
    const UniqueFd fd = open_file(device, O_RDONLY | O_DIRECT);
    if (::pread(fd.get(), block.get(), disk_block, static_cast<off_t>(where)) !=
        static_cast<ssize_t>(disk_block))
        throw_errno("read " + device);
    return block;
}

/// Overwrites the bytes [from, disk_block) of the block at \p where. Without
/// CONFIG_BLK_DEV_WRITE_MOUNTED a mounted device cannot be written to: then
/// the filesystem is unmounted meanwhile.
void plant(const std::string& folder, std::uint64_t where, std::uint64_t from)
{
    const std::string device = device_of(folder);
    const std::string filesystem = filesystem_of(folder);
    const Block block = read_block(device, where);
    std::fill(block.get() + from, block.get() + disk_block, planted);

    UniqueFd fd(::open(device.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
    const bool unmounted = !fd;
    if (unmounted) {
        if (errno != EBUSY && errno != EPERM)
            throw_errno("open " + device);
        if (::umount(folder.c_str()) != 0)
            throw_errno("umount " + folder);
        fd = open_file(device, O_WRONLY | O_DIRECT);
    }
    const ssize_t written = ::pwrite(fd.get(), block.get(), disk_block, static_cast<off_t>(where));
    const int error = errno;
    fd.reset();
    if (unmounted && ::mount(device.c_str(), folder.c_str(), filesystem.c_str(), 0, nullptr) != 0)
        throw_errno("mount " + folder);
    errno = error;
    if (written != static_cast<ssize_t>(disk_block))
        throw_errno("write " + device);
}

}  // namespace

// Made longer and cut, because f2fs keeps what was always small in the inode.
PlantedFile::PlantedFile(const std::string& folder, std::uint64_t size, std::uint64_t seed)
    : file_(folder, size + 2 * disk_block, seed)
{
    if (::truncate(file_.path().c_str(), static_cast<off_t>(size)) != 0)
        throw_errno("truncate " + file_.path());
    drop_caches();
    const auto where = device_offset(file_.path(), size - 1, disk_block);
    if (!where)
        throw std::runtime_error("the last block of " + file_.path() + " is not a block of the device");
    const std::string device = device_of(folder);

    plant(folder, *where, size % disk_block);
    drop_caches();
    const Block there = read_block(device, *where);
    if (!std::all_of(there.get() + size % disk_block, there.get() + disk_block,
                     [](std::byte byte) { return byte == planted; }))
        throw std::runtime_error("the bytes behind the end did not get to " + device);
}

}  // namespace contract
