// SPDX-License-Identifier: Apache-2.0
#include "udmabuf_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/udmabuf.h>

#include <cerrno>
#include <optional>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "udmabuf_limit.hpp"

namespace dmaload {
namespace {

constexpr const char* device_path = "/dev/udmabuf";
constexpr const char* limit_file = "/sys/module/udmabuf/parameters/size_limit_mb";

/// In bytes; nothing where the kernel does not say.
std::optional<std::uint64_t> size_limit()
{
    const UniqueFd fd(syscalls().open(limit_file, O_RDONLY | O_CLOEXEC));
    if (!fd)
        return std::nullopt;
    char text[32];
    const ssize_t n = syscalls().pread(fd.get(), text, sizeof(text), 0);
    if (n <= 0)
        return std::nullopt;
    return parse_size_limit({text, static_cast<std::size_t>(n)});
}

Error too_large(const FileSource& file)
{
    const std::uint64_t needed = ((file.buffer_size() - 1) >> 20U) + 1;
    return {"udmabuf of", file.path(), EFBIG,
            fmt::format("It needs {0} MB, more than the driver's limit. Raise it: "
                        "`echo {0} > {1}` as root, or boot with udmabuf.size_limit_mb={0}.",
                        needed, limit_file)};
}

}  // namespace

Result<UdmabufDevice> UdmabufDevice::open()
{
    UniqueFd fd(syscalls().open(device_path, O_RDWR | O_CLOEXEC));
    if (fd)
        return UdmabufDevice(std::move(fd));
    const int code = errno;
    switch (code) {
    case ENOENT:
        return fail("open", device_path, code,
                    "The kernel needs CONFIG_UDMABUF, or the module: modprobe udmabuf.");
    case EACCES:
    case EPERM:
        return fail("open", device_path, code, "Run as root, or join the group that the device belongs to.");
    default:
        return fail("open", device_path, code, common_advice(code));
    }
}

Result<UdmabufDevice> UdmabufDevice::open_for(const FileSource& file)
{
    auto udmabuf = open();
    if (!udmabuf)
        return udmabuf;
    if (const auto limit = size_limit(); limit && file.buffer_size() > *limit)
        return std::unexpected(too_large(file));
    return udmabuf;
}

Result<UniqueFd> UdmabufDevice::make_dmabuf(const UniqueFd& memfd, const FileSource& file) const
{
    udmabuf_create create{};
    create.memfd = static_cast<__u32>(memfd.get());
    create.flags = UDMABUF_FLAGS_CLOEXEC;
    create.size = file.buffer_size();
    const int fd = syscalls().ioctl(fd_.get(), UDMABUF_CREATE, &create);
    if (fd >= 0)
        return UniqueFd(fd);
    const int code = errno;
    // The only one of the driver's checks that these arguments can fail.
    if (code == EINVAL)
        return std::unexpected(too_large(file));
    return fail("UDMABUF_CREATE", "of " + file.path(), code, common_advice(code));
}

}  // namespace dmaload
