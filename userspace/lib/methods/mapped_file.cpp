// SPDX-License-Identifier: Apache-2.0
#include "mapped_file.hpp"

#include <sys/mman.h>

#include <cerrno>

#include <dmaload/syscalls.hpp>

#include "../page.hpp"

namespace dmaload {

Result<void> refuse_direct_mapping(Mode mode)
{
    if (mode == Mode::buffered)
        return {};
    return fail("direct read", "through a mapping of the file", EINVAL,
                "The pages of such a mapping are the page cache. Use buffered mode or another method.");
}

Result<Mapping> map_file(const FileSource& file, Paging paging)
{
    auto mapping = Mapping::map(file.fd(), static_cast<std::size_t>(file.buffer_size()), PROT_READ,
                                paging == Paging::populated_map);
    if (!mapping)
        return mapping;
    const auto bytes = mapping->bytes();
    // Advice that is not taken costs time, and nothing else.
    if (paging == Paging::sequential || paging == Paging::populated_read)
        syscalls().madvise(bytes.data(), bytes.size(), MADV_SEQUENTIAL);
    if (paging == Paging::will_need)
        syscalls().madvise(bytes.data(), bytes.size(), MADV_WILLNEED);
    if (paging == Paging::populated_read)
        syscalls().madvise(bytes.data(), bytes.size(), MADV_POPULATE_READ);
    return mapping;
}

void touch(std::span<const std::byte> memory)
{
    const auto* const data = static_cast<const volatile std::byte*>(memory.data());
    for (std::size_t i = 0; i < memory.size(); i += static_cast<std::size_t>(page_size()))
        (void)data[i];
}

}  // namespace dmaload
