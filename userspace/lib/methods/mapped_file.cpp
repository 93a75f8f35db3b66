// SPDX-License-Identifier: Apache-2.0
#include "mapped_file.hpp"

#include <sys/mman.h>

#include <cerrno>

#include <dmaload/syscalls.hpp>

namespace dmaload {

Result<void> refuse_direct_mapping(Mode mode)
{
    if (mode == Mode::buffered)
        return {};
    return fail("direct read", "through a mapping of the file", EINVAL,
                "The pages of such a mapping are the page cache. Use buffered mode or another method.");
}

Result<Mapping> map_file(const FileSource& file, bool populated)
{
    auto mapping = Mapping::map(file.fd(), static_cast<std::size_t>(file.buffer_size()), PROT_READ);
    if (!mapping)
        return mapping;
    const auto bytes = mapping->bytes();
    // Advice that is not taken costs time, and nothing else.
    syscalls().madvise(bytes.data(), bytes.size(), MADV_SEQUENTIAL);
    if (populated)
        syscalls().madvise(bytes.data(), bytes.size(), MADV_POPULATE_READ);
    return mapping;
}

}  // namespace dmaload
