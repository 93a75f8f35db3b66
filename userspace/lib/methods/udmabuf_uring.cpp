// SPDX-License-Identifier: Apache-2.0
/// \file
/// The best way that an unpatched kernel has: reads into a memfd, several in
/// flight, that begin when its first pages are there and go on while the others
/// are made and while udmabuf makes a dma-buf of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <dmaload/cpu_access.hpp>

#include "../file_source.hpp"
#include "../memfd.hpp"
#include "../path_observer.hpp"
#include "../prefaulter.hpp"
#include "../queued_reader.hpp"
#include "../stopwatch.hpp"
#include "../udmabuf_device.hpp"
#include "family.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;

/// What a benchmark tries.
constexpr std::array<QueueShape, 8> shapes = {{{256 * KiB, 32},
                                               {512 * KiB, 16},
                                               {MiB, 8},
                                               {MiB, 16},
                                               {2 * MiB, 8},
                                               {4 * MiB, 4},
                                               {4 * MiB, 8},
                                               {8 * MiB, 4}}};

QueueShape best_shape(std::uint64_t size)
{
    return size <= 8 * MiB ? QueueShape{256 * KiB, 32} : QueueShape{MiB, 16};
}

/// Clearing memory is what this method waits for where the storage is fast, so
/// that it may take the CPUs; fewer pieces than this are not worth a thread.
unsigned helpers_for(std::uint64_t pieces)
{
    constexpr std::uint64_t worth_it = 3;
    constexpr unsigned enough = 3;
    return pieces < worth_it ? 0 : std::min(std::max(std::thread::hardware_concurrency(), 1U) - 1, enough);
}

/// Makes the dma-buf. The driver makes its table of the pages when the CPU
/// first asks for access, and keeps it: that is best done now, beside the
/// reads. Asking to write invalidates no cache that they go to.
Result<UniqueFd> make_dmabuf(const UdmabufDevice& device, const UniqueFd& memfd, const FileSource& file)
{
    auto dmabuf = device.make_dmabuf(memfd, file);
    if (dmabuf)
        (void)CpuAccess::begin(dmabuf->get(), CpuAccess::Kind::write);
    return dmabuf;
}

/// Reads the file, up to its read_end(), piece by piece as the memory comes.
Result<void> read_pieces(QueuedReader& reader, Prefaulter& memory, const FileSource& file,
                         std::uint64_t block, bool registered, Phases& phases)
{
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < memory.pieces(); ++i) {
        Stopwatch watch;
        memory.need(i);
        phases.alloc += watch.lap();
        auto rest = memory.piece(i);
        if (registered) {
            if (auto set = reader.set_buffer(static_cast<unsigned>(i), rest); !set)
                return set;
            phases.map += watch.lap();
        }
        while (!rest.empty() && offset < file.read_end()) {
            const std::uint64_t length =
                std::min<std::uint64_t>({block, rest.size(), file.read_end() - offset});
            if (reader.full()) {
                if (auto taken = reader.take(); !taken)
                    return std::unexpected(std::move(taken.error()));
            }
            const auto buffer = registered ? std::optional(static_cast<unsigned>(i)) : std::nullopt;
            if (auto added = reader.add({offset, rest.first(static_cast<std::size_t>(length)), buffer});
                !added)
                return added;
            offset += length;
            rest = rest.subspan(static_cast<std::size_t>(length));
        }
        if (auto started = reader.start(); !started)
            return started;
    }
    return {};
}

class UdmabufUring final : public Varied<Method> {
public:
    UdmabufUring(bool registered, std::optional<QueueShape> shape) : registered_(registered), shape_(shape)
    {
        if (shape_)
            name_ += fmt::format(":{}K:{}", shape_->block / KiB, shape_->depth);
    }

    std::string_view name() const override { return name_; }
    std::string_view summary() const override
    {
        return registered_ ? "the same with registered buffers"
                           : "io_uring reads into a memfd while its pages and the dma-buf of them are made";
    }
    bool for_comparison() const override { return registered_; }

    Result<void> probe(const std::string&, Mode) const override
    {
        if (const auto udmabuf = UdmabufDevice::open(); !udmabuf)
            return std::unexpected(udmabuf.error());
        return probe_ring(registered_);
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
        if (auto done = read(*file, *udmabuf, loaded); !done)
            return std::unexpected(std::move(done.error()));
        loaded.path_taken = observer.path_taken();
        return loaded;
    }

private:
    Result<void> read(const FileSource& file, const UdmabufDevice& udmabuf, Loaded& loaded) const
    {
        Stopwatch watch;
        Phases& phases = loaded.phases;
        const QueueShape shape = shape_.value_or(best_shape(file.size()));
        const std::uint64_t block = std::max(shape.block, file.alignment());
        const std::uint64_t piece = std::max<std::uint64_t>(block, huge_page);

        auto memfd = Memfd::make(file.buffer_size());
        if (!memfd)
            return std::unexpected(std::move(memfd.error()));
        const auto bytes = memfd->mapping.bytes();
        Result<UniqueFd> dmabuf;
        const auto make = [&] { dmabuf = make_dmabuf(udmabuf, memfd->fd, file); };
        Prefaulter memory(bytes, static_cast<std::size_t>(piece), helpers_for(bytes.size() / piece), make);
        // The last one made here, the first to go: there are no reads in flight when the memory goes.
        auto reader = QueuedReader::create(file, shape.depth);
        if (!reader)
            return std::unexpected(std::move(reader.error()));
        if (registered_) {
            if (auto room = reader->reserve_buffers(static_cast<unsigned>(memory.pieces())); !room)
                return room;
        }
        phases.alloc = watch.lap();

        if (auto begun = read_pieces(*reader, memory, file, block, registered_, phases); !begun)
            return begun;
        (void)watch.lap();
        if (!memory.has_helpers())
            make();
        phases.map += watch.lap();
        while (!reader->idle()) {
            if (auto taken = reader->take(); !taken)
                return std::unexpected(std::move(taken.error()));
        }
        phases.submit = reader->time_submitting();
        phases.wait = reader->time_waiting();
        (void)watch.lap();
        memory.join();
        if (!dmabuf)
            return std::unexpected(std::move(dmabuf.error()));
        phases.map += watch.lap();
        if (auto rest = file.read_into(bytes, file.read_end()); !rest)
            return rest;
        phases.zero = watch.lap();
        loaded.dmabuf = std::move(*dmabuf);
        return {};
    }

    bool registered_;
    std::optional<QueueShape> shape_;  ///< without it, the best for the file
    std::string name_ = registered_ ? "udmabuf-uring-fixed" : "udmabuf-uring";
};

std::vector<UdmabufUring> forms_of(bool registered)
{
    std::vector<UdmabufUring> forms = {UdmabufUring(registered, std::nullopt)};
    for (const QueueShape& shape : shapes)
        forms.emplace_back(registered, shape);
    return forms;
}

}  // namespace

const Method& udmabuf_uring_method()
{
    static const Family family(forms_of(false));
    return family.method();
}

const Method& udmabuf_uring_fixed_method()
{
    static const Family family(forms_of(true));
    return family.method();
}

}  // namespace dmaload
