// SPDX-License-Identifier: Apache-2.0
#include "drm_device.hpp"

#include <fcntl.h>
#include <libdrm/drm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

namespace importers {
namespace {

std::string driver_of(int node)
{
    char name[64] = {};
    drm_version version{};
    version.name = name;
    version.name_len = sizeof(name) - 1;
    return ::ioctl(node, DRM_IOCTL_VERSION, &version) == 0 ? name : std::string();
}

}  // namespace

contract::Available<DrmDevice> DrmDevice::of_driver(const std::string& driver)
{
    constexpr unsigned int most = 64;  // minor numbers of primary nodes
    for (unsigned int number = 0; number < most; ++number) {
        const std::string path = "/dev/dri/card" + std::to_string(number);
        contract::UniqueFd node(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (node && driver_of(node.get()) == driver)
            return DrmDevice(std::move(node), number);
    }
    return std::unexpected("no device in /dev/dri has the driver " + driver);
}

void DrmDevice::call(unsigned long command, void* argument, const char* name) const
{
    if (::ioctl(node_.get(), command, argument) < 0)
        contract::throw_errno(name);
}

std::byte* DrmDevice::map(std::size_t size, std::uint64_t offset) const
{
    void* const address =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, node_.get(), static_cast<off_t>(offset));
    if (address == MAP_FAILED)
        contract::throw_errno("mmap of a DRM device");
    return static_cast<std::byte*>(address);
}

BufferObject BufferObject::imported(const DrmDevice& device, int dmabuf)
{
    drm_prime_handle prime{};
    prime.fd = dmabuf;
    device.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime, "DRM_IOCTL_PRIME_FD_TO_HANDLE");
    return {device, prime.handle};
}

BufferObject::~BufferObject()
{
    if (handle_ == 0)
        return;
    drm_gem_close close{};
    close.handle = handle_;
    // Fails only for a handle that does not exist.
    device_->call(DRM_IOCTL_GEM_CLOSE, &close, "DRM_IOCTL_GEM_CLOSE");
}

contract::UniqueFd BufferObject::exported() const
{
    drm_prime_handle prime{};
    prime.handle = handle_;
    prime.flags = DRM_CLOEXEC | DRM_RDWR;
    device_->call(DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime, "DRM_IOCTL_PRIME_HANDLE_TO_FD");
    return contract::UniqueFd(prime.fd);
}

}  // namespace importers
