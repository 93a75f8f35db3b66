// SPDX-License-Identifier: Apache-2.0
/// \file
/// The best way that an unpatched kernel has: read the file into a memfd, which
/// direct I/O can reach, and make a dma-buf of the memfd's pages.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/udmabuf.h>
#include <sys/mman.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include <dmaload/mapping.hpp>
#include <dmaload/syscalls.hpp>

#include "../advice.hpp"
#include "../file_source.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

constexpr const char* device = "/dev/udmabuf";
constexpr const char* limit_file = "/sys/module/udmabuf/parameters/size_limit_mb";

Result<UniqueFd> open_device()
{
    UniqueFd fd(syscalls().open(device, O_RDWR | O_CLOEXEC));
    if (fd)
        return fd;
    const int code = errno;
    switch (code) {
    case ENOENT:
        return fail("open", device, code,
                    "The kernel needs CONFIG_UDMABUF, or the module: modprobe udmabuf.");
    case EACCES:
    case EPERM:
        return fail("open", device, code, "Run as root, or join the group that the device belongs to.");
    default:
        return fail("open", device, code, common_advice(code));
    }
}

/// In bytes; nothing where the kernel does not say.
std::optional<std::uint64_t> size_limit()
{
    const UniqueFd fd(syscalls().open(limit_file, O_RDONLY | O_CLOEXEC));
    if (!fd)
        return std::nullopt;
    char text[32];
    const ssize_t n = syscalls().pread(fd.get(), text, sizeof(text), 0);
    std::uint64_t megabytes = 0;
    if (n <= 0 || std::from_chars(text, text + n, megabytes).ec != std::errc{})
        return std::nullopt;
    return megabytes << 20U;
}

/// EFBIG, so that whoever may choose tries another method.
Error too_large(const FileSource& file)
{
    const std::uint64_t needed = ((file.buffer_size() - 1) >> 20U) + 1;
    return {"udmabuf of", file.path(), EFBIG,
            fmt::format("It needs {0} MB, more than the driver's limit. Raise it: "
                        "`echo {0} > {1}` as root, or boot with udmabuf.size_limit_mb={0}.",
                        needed, limit_file)};
}

/// Memory that is a file: direct I/O can pin its pages, and udmabuf takes them.
Result<UniqueFd> make_memory(std::uint64_t size)
{
    const std::string object = fmt::format("of {} bytes", size);
    UniqueFd memfd(syscalls().memfd_create("dmaload", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memfd) {
        const int code = errno;
        return fail("memfd_create", object, code, common_advice(code));
    }
    while (syscalls().ftruncate(memfd.get(), static_cast<off_t>(size)) < 0) {
        if (errno != EINTR) {
            const int code = errno;
            return fail("ftruncate", "memfd " + object, code, common_advice(code));
        }
    }
    // udmabuf insists on memory that cannot go away under it.
    if (syscalls().add_seals(memfd.get(), F_SEAL_SHRINK) < 0) {
        const int code = errno;
        return fail("fcntl F_ADD_SEALS", "memfd " + object, code, common_advice(code));
    }
    return memfd;
}

/// Pages at once and, where /sys/kernel/mm/transparent_hugepage/shmem_enabled
/// lets who asks have them, huge ones: faults one by one, inside the reads,
/// and 4 KB pages would be most of this method's cost. Where a kernel cannot
/// do either the load is slower, not wrong.
void populate(const Mapping& mapping)
{
    const auto bytes = mapping.bytes();
    syscalls().madvise(bytes.data(), bytes.size(), MADV_HUGEPAGE);
    syscalls().madvise(bytes.data(), bytes.size(), MADV_POPULATE_WRITE);
}

Result<UniqueFd> make_dmabuf(const UniqueFd& udmabuf, const UniqueFd& memfd, const FileSource& file)
{
    udmabuf_create create{};
    create.memfd = static_cast<__u32>(memfd.get());
    create.flags = UDMABUF_FLAGS_CLOEXEC;
    create.size = file.buffer_size();
    const int fd = syscalls().ioctl(udmabuf.get(), UDMABUF_CREATE, &create);
    if (fd >= 0)
        return UniqueFd(fd);
    const int code = errno;
    // The only one of the driver's checks that these arguments can fail.
    if (code == EINVAL)
        return std::unexpected(too_large(file));
    return fail("UDMABUF_CREATE", "of " + file.path(), code, common_advice(code));
}

class Udmabuf final : public Method {
public:
    std::string_view name() const override { return "udmabuf"; }
    std::string_view summary() const override
    {
        return "read into a memfd, then make a dma-buf of its pages";
    }

    Result<void> probe(const std::string&, Mode) const override
    {
        const auto udmabuf = open_device();
        return udmabuf ? Result<void>{} : std::unexpected(udmabuf.error());
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto udmabuf = open_device();
        if (!udmabuf)
            return std::unexpected(std::move(udmabuf.error()));
        // Said before gigabytes have been read in vain.
        if (const auto limit = size_limit(); limit && file->buffer_size() > *limit)
            return std::unexpected(too_large(*file));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        Stopwatch watch;
        auto memfd = make_memory(loaded.buffer_size);
        if (!memfd)
            return std::unexpected(std::move(memfd.error()));
        {
            auto mapping = Mapping::map(memfd->get(), static_cast<std::size_t>(loaded.buffer_size),
                                        PROT_READ | PROT_WRITE);
            if (!mapping)
                return std::unexpected(std::move(mapping.error()));
            populate(*mapping);
            loaded.phases.alloc = watch.lap();
            if (auto read = file->read_into(mapping->bytes()); !read)
                return std::unexpected(std::move(read.error()));
            loaded.phases.copy = watch.lap();
        }
        auto dmabuf = make_dmabuf(*udmabuf, *memfd, *file);
        if (!dmabuf)
            return std::unexpected(std::move(dmabuf.error()));
        loaded.phases.map = watch.lap();
        loaded.dmabuf = std::move(*dmabuf);
        loaded.path_taken = observer.path_taken();
        return loaded;
    }
};

}  // namespace

const Method& udmabuf_method()
{
    static const Udmabuf method;
    return method;
}

}  // namespace dmaload
