// SPDX-License-Identifier: Apache-2.0
#include "filled_buffer.hpp"

#include <sys/mman.h>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>

#include "stopwatch.hpp"

namespace dmaload {

Result<UniqueFd> allocate_and_fill(const Heap& heap, std::uint64_t size, Phases& phases,
                                   const std::function<Result<void>(std::span<std::byte>)>& fill)
{
    Stopwatch watch;
    auto dmabuf = heap.allocate(size);
    if (!dmabuf)
        return dmabuf;
    phases.alloc = watch.lap();
    {
        auto mapping = Mapping::map(dmabuf->get(), static_cast<std::size_t>(size), PROT_READ | PROT_WRITE);
        if (!mapping)
            return std::unexpected(std::move(mapping.error()));
        auto access = CpuAccess::begin(dmabuf->get(), CpuAccess::Kind::write);
        if (!access)
            return std::unexpected(std::move(access.error()));
        phases.map = watch.lap();

        if (auto filled = fill(mapping->bytes()); !filled)
            return std::unexpected(std::move(filled.error()));
        phases.copy = watch.lap();
        if (auto ended = access->end(); !ended)
            return std::unexpected(std::move(ended.error()));
    }
    phases.map += watch.lap();
    return dmabuf;
}

}  // namespace dmaload
