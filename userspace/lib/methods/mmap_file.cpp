// SPDX-License-Identifier: Apache-2.0
/// \file
/// How most programs load a model today: map the file, and touch it. No device
/// can have these pages; it is here because it is what others compare with.
#include <string>
#include <utility>

#include "../path_observer.hpp"
#include "../stopwatch.hpp"
#include "family.hpp"
#include "mapped_file.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class MmapFile final : public Varied<Method> {
public:
    MmapFile(std::string name, Paging paging) : name_(std::move(name)), paging_(paging) {}

    std::string_view name() const override { return name_; }
    std::string_view summary() const override
    {
        return "map the file itself and touch its pages; no dma-buf comes of it";
    }
    bool for_comparison() const override { return true; }

    Result<void> probe(const std::string&, Mode mode) const override { return refuse_direct_mapping(mode); }

    Result<Loaded> load(const LoadRequest& request) const override
    {
        if (auto possible = refuse_direct_mapping(request.mode); !possible)
            return std::unexpected(std::move(possible.error()));
        auto file = FileSource::open(request.file, request.mode);
        if (!file)
            return std::unexpected(std::move(file.error()));

        Loaded loaded;
        loaded.file_size = file->size();
        loaded.buffer_size = file->buffer_size();
        const PathObserver observer(*file);
        Stopwatch watch;
        auto mapping = map_file(*file, paging_);
        if (!mapping)
            return std::unexpected(std::move(mapping.error()));
        loaded.phases.map = watch.lap();
        touch(mapping->bytes());
        loaded.phases.copy = watch.lap();
        loaded.path_taken = observer.path_taken();
        loaded.mapping = std::move(*mapping);
        loaded.is_dmabuf = false;
        loaded.dmabuf = file->take_fd();
        return loaded;
    }

private:
    std::string name_;
    Paging paging_;
};

}  // namespace

const Method& mmap_file_method()
{
    static const Family family(all_pagings<MmapFile>("mmap-file"));
    return family.method();
}

}  // namespace dmaload
