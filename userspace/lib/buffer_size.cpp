// SPDX-License-Identifier: Apache-2.0
#include "buffer_size.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include <dmaload/syscalls.hpp>

#include "page.hpp"

namespace dmaload {

Result<void> check_buffer_size(const std::string& object, std::uint64_t size)
{
    if (size > std::numeric_limits<std::size_t>::max() - page_size())
        return fail("load", object, EFBIG,
                    fmt::format("{} bytes do not fit into this process's address space.", size));
    // Better said now than by the OOM killer.
    const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * page_size();
    if (size > memory)
        return fail("load", object, ENOMEM,
                    fmt::format("It needs {} bytes, the machine's memory has {}.", size, memory));
    return {};
}

Result<std::uint64_t> dmabuf_size(const UniqueFd& dmabuf)
{
    const off_t end = syscalls().lseek(dmabuf.get(), 0, SEEK_END);
    if (end < 0)
        return fail("lseek", "dma-buf", errno, "The kernel cannot tell the size of the buffer that it made.");
    return static_cast<std::uint64_t>(end);
}

}  // namespace dmaload
