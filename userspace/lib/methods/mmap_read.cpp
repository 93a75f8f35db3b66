// SPDX-License-Identifier: Apache-2.0
/// \file
/// What everybody does today ("normal"): allocate a heap buffer, map it, and
/// read the file into the mapping; every byte goes through the page cache and
/// is copied by the CPU.
#include <cerrno>

#include <dmaload/heap.hpp>

#include "../file_source.hpp"
#include "../filled_buffer.hpp"
#include "../path_observer.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

Result<void> refuse(Mode mode)
{
    if (mode == Mode::buffered)
        return {};
    return fail(
        "direct read", "into a mapped dma-buf", EFAULT,
        "A mapping of a dma-buf has no struct pages for the kernel to pin (it is a PFN map), so a read with "
        "O_DIRECT cannot reach it. Use buffered mode or another method.");
}

class MmapRead final : public Method {
public:
    std::string_view name() const override { return "mmap-read"; }
    std::string_view summary() const override
    {
        return "\"normal\": allocate, map, and read() into the mapping";
    }

    Result<void> probe(const std::string& heap_name, Mode mode) const override
    {
        if (auto possible = refuse(mode); !possible)
            return possible;
        const auto heap = Heap::open(heap_name);
        return heap ? Result<void>{} : std::unexpected(heap.error());
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        if (auto possible = refuse(request.mode); !possible)
            return std::unexpected(std::move(possible.error()));
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto heap = Heap::open(request.heap);
        if (!heap)
            return std::unexpected(std::move(heap.error()));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        auto dmabuf = allocate_and_fill(*heap, loaded.buffer_size, loaded.phases,
                                        [&](std::span<std::byte> buffer) { return file->read_into(buffer); });
        if (!dmabuf)
            return std::unexpected(std::move(dmabuf.error()));
        loaded.dmabuf = std::move(*dmabuf);
        loaded.path_taken = observer.path_taken();
        return loaded;
    }
};

}  // namespace

const Method& mmap_read_method()
{
    static const MmapRead method;
    return method;
}

}  // namespace dmaload
