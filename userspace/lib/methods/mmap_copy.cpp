// SPDX-License-Identifier: Apache-2.0
/// \file
/// Map the file, and copy it into a heap's buffer: what a program that maps its
/// models does as soon as a device is to have them.
#include <algorithm>

#include "heap_fill.hpp"
#include "mapped_file.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class MmapCopy final : public HeapFill {
public:
    std::string_view name() const override { return "mmap-copy"; }
    std::string_view summary() const override { return "map the file and copy it into a heap's buffer"; }
    bool for_comparison() const override { return true; }

private:
    Result<void> refuse(Mode mode) const override { return refuse_direct_mapping(mode); }
    Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const override
    {
        const auto mapping = map_file(file, false);
        if (!mapping)
            return std::unexpected(mapping.error());
        std::ranges::copy(mapping->bytes().first(static_cast<std::size_t>(file.size())), buffer.begin());
        // What the file lost since it was opened was not copied from it.
        const auto now = file.current_size();
        if (!now)
            return std::unexpected(now.error());
        if (*now < file.size())
            return std::unexpected(file.shrank());
        return {};
    }
};

}  // namespace

const Method& mmap_copy_method()
{
    static const MmapCopy method;
    return method;
}

}  // namespace dmaload
