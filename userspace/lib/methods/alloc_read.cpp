// SPDX-License-Identifier: Apache-2.0
/// \file
/// One call: the heap allocates the buffer and reads the file into its pages.
#include <fmt/format.h>

#include <cerrno>

#include <dmaload/heap.hpp>

#include "../buffer_size.hpp"
#include "../clear_buffer.hpp"
#include "../file_source.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

/// The kernel took the file's size for itself, a moment after we did. Where
/// the file grew in that moment, what came too much is cleared, so that the
/// size reported and the zeros behind it hold.
Result<void> settle_size(const FileSource& file, const UniqueFd& dmabuf, std::uint64_t buffer_size)
{
    const auto now = file.current_size();
    if (!now)
        return std::unexpected(now.error());
    if (*now < file.size() || buffer_size < file.size())
        return std::unexpected(file.shrank());
    if (*now == file.size() && buffer_size == file.buffer_size())
        return {};
    return clear_from(dmabuf.get(), file.size(), buffer_size);
}

class AllocRead final : public Method {
public:
    std::string_view name() const override { return "alloc-read"; }
    std::string_view summary() const override
    {
        return "one ioctl allocates the buffer and reads the file into its pages";
    }

    Result<void> probe(const std::string& heap_name, Mode) const override
    {
        const auto heap = Heap::open(heap_name);
        return heap ? heap->probe_read() : std::unexpected(heap.error());
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto heap = Heap::open(request.heap);
        if (!heap)
            return std::unexpected(std::move(heap.error()));

        Loaded loaded;
        const PathObserver observer(*file);
        Stopwatch watch;
        auto dmabuf = heap->allocate_and_read(file->fd());
        // Allocation and reading overlap inside the call; from here it only blocks.
        loaded.phases.copy = watch.lap();
        if (!dmabuf)
            return std::unexpected(explain(std::move(dmabuf.error()), *file, request.heap));

        const auto size = dmabuf_size(*dmabuf);
        if (!size)
            return std::unexpected(size.error());
        if (auto settled = settle_size(*file, *dmabuf, *size); !settled)
            return std::unexpected(std::move(settled.error()));
        loaded.dmabuf = std::move(*dmabuf);
        loaded.file_size = file->size();
        loaded.buffer_size = *size;
        loaded.path_taken = observer.path_taken();
        return loaded;
    }

private:
    /// The same codes mean other things when there is a file.
    static Error explain(Error error, const FileSource& file, const std::string& heap_name)
    {
        error.object = fmt::format("of {} on heap {}", file.path(), heap_name);
        if (error.code == EINVAL)
            error.advice = file.mode() == Mode::direct
                               ? "The filesystem may refuse direct reads (try buffered mode); "
                                 "`dmaload probe` says whether the kernel knows the flag."
                               : "`dmaload probe` says whether the kernel knows the flag.";
        else if (error.code == EFBIG)
            error.advice = "The file is larger than a buffer can be.";
        return error;
    }
};

}  // namespace

const Method& alloc_read_method()
{
    static const AllocRead method;
    return method;
}

}  // namespace dmaload
