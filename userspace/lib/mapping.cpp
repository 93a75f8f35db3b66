// SPDX-License-Identifier: Apache-2.0
#include <dmaload/mapping.hpp>

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>

#include <dmaload/syscalls.hpp>

namespace dmaload {

Result<Mapping> Mapping::map(int fd, std::size_t length, int prot, bool populate)
{
    void* address = syscalls().mmap(length, prot, MAP_SHARED | (populate ? MAP_POPULATE : 0), fd);
    if (address == MAP_FAILED) {
        const int code = errno;
        return fail(
            "mmap", fmt::format("buffer of {} bytes", length), code,
            code == ENOMEM ? "The address space or the process's limits (ulimit -v) do not hold it." : "");
    }
    return Mapping(static_cast<std::byte*>(address), length);
}

void Mapping::unmap() noexcept
{
    if (data_ == nullptr)
        return;
    const int saved = errno;
    syscalls().munmap(data_, length_);
    errno = saved;
    data_ = nullptr;
    length_ = 0;
}

}  // namespace dmaload
