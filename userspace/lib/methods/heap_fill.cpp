// SPDX-License-Identifier: Apache-2.0
#include "heap_fill.hpp"

#include <utility>

#include <dmaload/heap.hpp>

#include "../filled_buffer.hpp"
#include "../path_observer.hpp"

namespace dmaload {

Result<void> HeapFill::probe(const std::string& heap_name, Mode mode) const
{
    if (auto possible = refuse(mode); !possible)
        return possible;
    if (const auto heap = Heap::open(heap_name); !heap)
        return std::unexpected(heap.error());
    return probe_more();
}

Result<Loaded> HeapFill::load(const LoadRequest& request) const
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
                                    [&](std::span<std::byte> buffer) { return fill(*file, buffer); });
    if (!dmabuf)
        return std::unexpected(std::move(dmabuf.error()));
    loaded.dmabuf = std::move(*dmabuf);
    loaded.path_taken = observer.path_taken();
    return loaded;
}

}  // namespace dmaload
