// SPDX-License-Identifier: Apache-2.0
/// \file
/// Read the file into a memfd, which direct I/O can reach, and make a dma-buf
/// of the memfd's pages.
#include <utility>

#include "../file_source.hpp"
#include "../memfd.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "../udmabuf_device.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class Udmabuf final : public Method {
public:
    std::string_view name() const override { return "udmabuf"; }
    std::string_view summary() const override
    {
        return "read into a memfd, then make a dma-buf of its pages";
    }

    Result<void> probe(const std::string&, Mode) const override
    {
        const auto udmabuf = UdmabufDevice::open();
        return udmabuf ? Result<void>{} : std::unexpected(udmabuf.error());
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto udmabuf = UdmabufDevice::open();
        if (!udmabuf)
            return std::unexpected(std::move(udmabuf.error()));
        if (auto fits = udmabuf->check_size(*file); !fits)
            return std::unexpected(std::move(fits.error()));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        Stopwatch watch;
        UniqueFd memfd;
        {
            auto memory = Memfd::make(loaded.buffer_size);
            if (!memory)
                return std::unexpected(std::move(memory.error()));
            // Faults one by one, inside the reads, would be most of this method's cost.
            populate(memory->mapping.bytes());
            loaded.phases.alloc = watch.lap();
            if (auto read = file->read_into(memory->mapping.bytes()); !read)
                return std::unexpected(std::move(read.error()));
            loaded.phases.copy = watch.lap();
            memfd = std::move(memory->fd);
        }
        auto dmabuf = udmabuf->make_dmabuf(memfd, *file);
        if (!dmabuf)
            return std::unexpected(std::move(dmabuf.error()));
        loaded.phases.map = watch.lap();
        loaded.dmabuf = std::move(*dmabuf);
        loaded.path_taken = observer.path_taken();
        return loaded;
    }
};

}  // namespace

const Method& udmabuf_method()
{
    static const Udmabuf method;
    return method;
}

}  // namespace dmaload
