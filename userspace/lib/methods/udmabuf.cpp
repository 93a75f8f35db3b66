// SPDX-License-Identifier: Apache-2.0
/// \file
/// Read the file into a memfd, which direct I/O can reach, and make a dma-buf
/// of the memfd's pages.
#include <string>
#include <utility>
#include <vector>

#include "../file_source.hpp"
#include "../memfd.hpp"
#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "../udmabuf_device.hpp"
#include "family.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

struct Form {
    std::string name;
    std::string summary;
    Pages pages;
    /// Faults one by one, inside the reads, would be most of this method's cost.
    bool populated = true;
};

class Udmabuf final : public Varied<Method> {
public:
    explicit Udmabuf(Form form) : form_(std::move(form)) {}

    std::string_view name() const override { return form_.name; }
    std::string_view summary() const override { return form_.summary; }
    bool for_comparison() const override { return form_.pages != Pages::huge; }

    Result<void> probe(const std::string&, Mode) const override
    {
        if (const auto udmabuf = UdmabufDevice::open(); !udmabuf)
            return std::unexpected(udmabuf.error());
        return form_.pages == Pages::hugetlb ? probe_pages(form_.pages) : Result<void>{};
    }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));
        auto udmabuf = UdmabufDevice::open_for(*file);
        if (!udmabuf)
            return std::unexpected(std::move(udmabuf.error()));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        Stopwatch watch;
        UniqueFd memfd;
        {
            auto memory = Memfd::make(loaded.buffer_size, form_.pages);
            if (!memory)
                return std::unexpected(std::move(memory.error()));
            const auto bytes = memory->mapping.bytes().first(static_cast<std::size_t>(loaded.buffer_size));
            if (form_.populated)
                populate(bytes);
            loaded.phases.alloc = watch.lap();
            if (auto read = file->read_into(bytes); !read)
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

private:
    Form form_;
};

/// A form, and the same without pages that are there before.
std::vector<Udmabuf> forms_of(const std::string& name, const std::string& summary, Pages pages)
{
    return {Udmabuf({name, summary, pages}),
            Udmabuf({name + ":unpopulated", "its pages come as they are read into", pages, false})};
}

}  // namespace

const Method& udmabuf_method()
{
    static const Family family(
        forms_of("udmabuf", "read into a memfd, then make a dma-buf of its pages", Pages::huge));
    return family.method();
}

const Method& udmabuf_small_method()
{
    static const Family family(forms_of("udmabuf-4k", "the same with a memfd of small pages", Pages::small));
    return family.method();
}

const Method& udmabuf_hugetlb_method()
{
    static const Family family(
        forms_of("udmabuf-hugetlb", "the same with a memfd of hugetlb pages", Pages::hugetlb));
    return family.method();
}

}  // namespace dmaload
