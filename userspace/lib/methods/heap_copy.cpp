// SPDX-License-Identifier: Apache-2.0
#include "heap_copy.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>

#include <dmaload/heap.hpp>
#include <dmaload/syscalls.hpp>

#include "../advice.hpp"
#include "../clear_buffer.hpp"
#include "../page.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"

namespace dmaload {
namespace {

/// A file of one page, which needs no filesystem.
Result<UniqueFd> make_page()
{
    UniqueFd memfd(syscalls().memfd_create("dmaload-probe", MFD_CLOEXEC));
    if (memfd && syscalls().ftruncate(memfd.get(), static_cast<off_t>(page_size())) == 0)
        return memfd;
    const int code = errno;
    return fail(memfd ? "ftruncate" : "memfd_create", "of one page", code, common_advice(code));
}

std::string probe_advice(int code)
{
    switch (code) {
    case EINVAL:      // no dma-buf can be written to, or not this one
    case EXDEV:       // the same, of copy_file_range(2)
    case EOPNOTSUPP:  // this one cannot
        return "It needs the comparison patch, which is in kernel-patches/compare and not in the series, and the "
               "system heap.";
    default:
        return common_advice(code);
    }
}

}  // namespace

Result<void> HeapCopy::probe(const std::string& heap_name, Mode) const
{
    const auto heap = Heap::open(heap_name);
    if (!heap)
        return std::unexpected(heap.error());
    const auto buffer = heap->allocate(page_size());
    if (!buffer)
        return std::unexpected(buffer.error());
    const auto page = make_page();
    if (!page)
        return std::unexpected(page.error());
    const auto call = make_call();
    if (!call)
        return std::unexpected(call.error());

    for (;;) {
        const auto n = (*call)->copy(page->get(), 0, buffer->get(), page_size());
        if (n)
            return {};
        if (n.error() != EINTR)
            return fail(fmt::format("{} to a buffer", (*call)->call()), fmt::format("of heap {}", heap_name),
                        n.error(), probe_advice(n.error()));
    }
}

Result<Loaded> HeapCopy::load(const LoadRequest& request) const
{
    auto file = FileSource::open(request.file, request.mode);
    if (!file)
        return std::unexpected(std::move(file.error()));
    auto heap = Heap::open(request.heap);
    if (!heap)
        return std::unexpected(std::move(heap.error()));
    auto call = make_call();
    if (!call)
        return std::unexpected(std::move(call.error()));

    Loaded loaded;
    loaded.file_size = file->size();
    loaded.buffer_size = file->buffer_size();
    const PathObserver observer(*file);
    Stopwatch watch;
    auto dmabuf = heap->allocate(loaded.buffer_size);
    if (!dmabuf)
        return std::unexpected(std::move(dmabuf.error()));
    loaded.phases.alloc = watch.lap();

    const auto copied = copy_file(**call, *file, dmabuf->get());
    if (!copied)
        return std::unexpected(copied.error());
    loaded.phases.copy = watch.lap();
    if (*copied > file->size()) {
        if (auto cleared = clear_from(dmabuf->get(), file->size(), loaded.buffer_size); !cleared)
            return std::unexpected(std::move(cleared.error()));
        loaded.phases.zero = watch.lap();
    }
    loaded.dmabuf = std::move(*dmabuf);
    loaded.path_taken = observer.path_taken();
    return loaded;
}

}  // namespace dmaload
