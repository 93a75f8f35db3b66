// SPDX-License-Identifier: Apache-2.0
/// \file
/// Map the file, and copy it into a heap's buffer: what a program that maps its
/// models does as soon as a device is to have them.
#include <algorithm>
#include <string>
#include <utility>

#include "family.hpp"
#include "heap_fill.hpp"
#include "mapped_file.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

/// memcpy(3) may run backwards, and then each page is a read of its own that
/// the disk is waited for: so a part is touched forwards before it is copied.
/// A part stays in a CPU's cache.
void copy_forwards(std::span<const std::byte> from, std::span<std::byte> to)
{
    constexpr std::size_t part_size = std::size_t{128} << 10U;
    for (std::size_t at = 0; at < from.size(); at += part_size) {
        const auto part = from.subspan(at, std::min(part_size, from.size() - at));
        touch(part);
        std::ranges::copy(part, to.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

class MmapCopy final : public Varied<HeapFill> {
public:
    MmapCopy(std::string name, Paging paging) : name_(std::move(name)), paging_(paging) {}

    std::string_view name() const override { return name_; }
    std::string_view summary() const override { return "map the file and copy it into a heap's buffer"; }
    bool for_comparison() const override { return true; }

private:
    Result<void> refuse(Mode mode) const override { return refuse_direct_mapping(mode); }
    Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const override
    {
        const auto mapping = map_file(file, paging_);
        if (!mapping)
            return std::unexpected(mapping.error());
        copy_forwards(mapping->bytes().first(static_cast<std::size_t>(file.size())), buffer);
        // What the file lost since it was opened was not copied from it.
        const auto now = file.current_size();
        if (!now)
            return std::unexpected(now.error());
        if (*now < file.size())
            return std::unexpected(file.shrank());
        return {};
    }

    std::string name_;
    Paging paging_;
};

}  // namespace

const Method& mmap_copy_method()
{
    static const Family family(all_pagings<MmapCopy>("mmap-copy"));
    return family.method();
}

}  // namespace dmaload
