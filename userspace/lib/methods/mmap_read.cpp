// SPDX-License-Identifier: Apache-2.0
/// \file
/// What everybody does today ("normal"): allocate a heap buffer, map it, and
/// read the file into the mapping; every byte goes through the page cache and
/// is copied by the CPU.
#include <cerrno>

#include "heap_fill.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class MmapRead final : public HeapFill {
public:
    std::string_view name() const override { return "mmap-read"; }
    std::string_view summary() const override
    {
        return "\"normal\": allocate, map, and read() into the mapping";
    }

private:
    Result<void> refuse(Mode mode) const override
    {
        if (mode == Mode::buffered)
            return {};
        return fail(
            "direct read", "into a mapped dma-buf", EFAULT,
            "A mapping of a dma-buf has no struct pages for the kernel to pin (it is a PFN map), so a read "
            "with O_DIRECT cannot reach it. Use buffered mode or another method.");
    }
    Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const override
    {
        return file.read_into(buffer);
    }
};

}  // namespace

const Method& mmap_read_method()
{
    static const MmapRead method;
    return method;
}

}  // namespace dmaload
