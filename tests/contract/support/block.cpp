// SPDX-License-Identifier: Apache-2.0
#include "support/block.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace contract {
namespace {

std::string because(const std::string& what)
{
    return what + ": " + std::strerror(errno);
}

/// A new name below a writable folder that is not on a disk under test.
std::string scratch_template()
{
    return std::string(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/contract-XXXXXX";
}

}  // namespace

Available<LoopDevice> LoopDevice::over(const std::string& file, std::uint32_t logical_block)
{
    const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
    if (!control)
        return std::unexpected(because("open /dev/loop-control"));
    const UniqueFd backing(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!backing)
        throw_errno("open " + file);
    // Somebody else may take a free device before it is configured.
    for (int attempt = 0; attempt < 20; ++attempt) {
        const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
        if (number < 0)
            return std::unexpected(because("LOOP_CTL_GET_FREE"));
        const std::string path = "/dev/loop" + std::to_string(number);
        const UniqueFd device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!device)
            return std::unexpected(because("open " + path));
        loop_config config{};
        config.fd = static_cast<std::uint32_t>(backing.get());
        config.block_size = logical_block;
        if (::ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) {
            // A writer would keep it from being mounted without CONFIG_BLK_DEV_WRITE_MOUNTED.
            UniqueFd keeper(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            if (!keeper)
                return std::unexpected(because("open " + path));
            return LoopDevice(path, std::move(keeper));
        }
        if (errno != EBUSY)
            return std::unexpected(because("LOOP_CONFIGURE " + path));
    }
    return std::unexpected("every loop device is busy");
}

LoopDevice::~LoopDevice()
{
    if (device_)
        ::ioctl(device_.get(), LOOP_CLR_FD, 0);
}

MountPoint::MountPoint(Kind kind) : path_(scratch_template())
{
    if (kind == Kind::folder ? ::mkdtemp(path_.data()) == nullptr
                             : !UniqueFd(::mkostemp(path_.data(), O_CLOEXEC)))
        throw_errno("make " + path_);
}

MountPoint::~MountPoint()
{
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

Available<Mount> Mount::of(const std::string& source, const std::string& filesystem,
                           const std::string& options, unsigned long flags, MountPoint::Kind kind)
{
    auto point = std::make_unique<MountPoint>(kind);
    if (::mount(source.c_str(), point->path().c_str(), filesystem.c_str(), flags, options.c_str()) != 0)
        return std::unexpected(because("mount " + filesystem));
    return Mount(std::move(point));
}

Mount::~Mount()
{
    if (point_)
        ::umount2(path().c_str(), MNT_DETACH);
}

Image::Image(std::uint64_t size) : path_(scratch_template())
{
    const UniqueFd fd(::mkostemp(path_.data(), O_CLOEXEC));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
        throw_errno("make " + path_);
}

Image::~Image()
{
    ::unlink(path_.c_str());
}

std::optional<std::uint64_t> device_offset(const std::string& file, std::uint64_t offset, std::uint64_t block)
{
    const UniqueFd fd = open_file(file, O_RDONLY);
    // The request ends with an array without a size; room for one extent.
    alignas(fiemap) unsigned char space[sizeof(fiemap) + sizeof(fiemap_extent)] = {};
    auto* request = reinterpret_cast<fiemap*>(space);
    request->fm_start = offset;
    request->fm_length = 1;
    request->fm_flags = FIEMAP_FLAG_SYNC;
    request->fm_extent_count = 1;
    if (::ioctl(fd.get(), FS_IOC_FIEMAP, request) < 0)
        throw_errno("FIEMAP " + file);
    fiemap_extent extent;
    std::memcpy(&extent, space + sizeof(fiemap), sizeof(extent));
    constexpr std::uint32_t elsewhere =
        FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_INLINE |
        FIEMAP_EXTENT_DATA_TAIL | FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_UNWRITTEN;
    if (request->fm_mapped_extents == 0 || (extent.fe_flags & elsewhere) != 0)
        return std::nullopt;
    return (extent.fe_physical + (offset - extent.fe_logical)) / block * block;
}

std::uint64_t sectors_read(const std::string& name)
{
    std::istringstream words(read_text("/sys/block/" + name + "/stat"));
    std::uint64_t requests = 0;
    std::uint64_t merges = 0;
    std::uint64_t sectors = 0;
    words >> requests >> merges >> sectors;
    return sectors;
}

}  // namespace contract
