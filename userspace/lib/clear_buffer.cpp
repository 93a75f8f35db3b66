// SPDX-License-Identifier: Apache-2.0
#include "clear_buffer.hpp"

#include <sys/mman.h>

#include <algorithm>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>

namespace dmaload {

Result<void> clear_from(int dmabuf, std::uint64_t begin, std::uint64_t size)
{
    const auto mapping = Mapping::map(dmabuf, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE);
    if (!mapping)
        return std::unexpected(mapping.error());
    auto access = CpuAccess::begin(dmabuf, CpuAccess::Kind::write);
    if (!access)
        return std::unexpected(access.error());
    std::ranges::fill(mapping->bytes().subspan(static_cast<std::size_t>(begin)), std::byte{0});
    return access->end();
}

}  // namespace dmaload
