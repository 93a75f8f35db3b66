// SPDX-License-Identifier: Apache-2.0
#include "memfd_copy.hpp"

#include <algorithm>
#include <utility>

#include "../memfd.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "../udmabuf_device.hpp"

namespace dmaload {

Result<void> MemfdCopy::probe(const std::string&, Mode) const
{
    if (const auto udmabuf = UdmabufDevice::open(); !udmabuf)
        return std::unexpected(udmabuf.error());
    if (const auto call = make_call(); !call)
        return std::unexpected(call.error());
    return {};
}

Result<Loaded> MemfdCopy::load(const LoadRequest& request) const
{
    auto file = FileSource::open(request.file, request.mode);
    if (!file)
        return std::unexpected(std::move(file.error()));
    auto udmabuf = UdmabufDevice::open_for(*file);
    if (!udmabuf)
        return std::unexpected(std::move(udmabuf.error()));
    auto call = make_call();
    if (!call)
        return std::unexpected(std::move(call.error()));

    Loaded loaded;
    loaded.file_size = file->size();
    loaded.buffer_size = file->buffer_size();
    const PathObserver observer(*file);
    Stopwatch watch;
    auto memfd = Memfd::make(loaded.buffer_size);
    if (!memfd)
        return std::unexpected(std::move(memfd.error()));
    // Huge pages, which writing to a memfd would not get.
    const auto bytes = memfd->mapping.bytes();
    populate(bytes);
    loaded.phases.alloc = watch.lap();

    const auto copied = copy_file(**call, *file, memfd->fd.get());
    if (!copied)
        return std::unexpected(copied.error());
    loaded.phases.copy = watch.lap();
    // Of a file that grew, up to a block too much may have come; it may also
    // have made the memfd longer, of which udmabuf takes what we ask for.
    std::ranges::fill(bytes.subspan(static_cast<std::size_t>(file->size())), std::byte{0});
    loaded.phases.zero = watch.lap();
    auto dmabuf = udmabuf->make_dmabuf(memfd->fd, *file);
    if (!dmabuf)
        return std::unexpected(std::move(dmabuf.error()));
    loaded.phases.map = watch.lap();
    loaded.dmabuf = std::move(*dmabuf);
    loaded.path_taken = observer.path_taken();
    return loaded;
}

}  // namespace dmaload
