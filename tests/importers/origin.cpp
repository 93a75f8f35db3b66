// SPDX-License-Identifier: Apache-2.0
#include "origin.hpp"

#include <cctype>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/heap.hpp"
#include "support/ranges.hpp"

namespace importers {
namespace {

using contract::UniqueFd;

[[noreturn]] void throw_error(contract::Errno error, const std::string& what)
{
    errno = error.value;
    contract::throw_errno(what);
}

/// The file in two ranges that make up the whole, given backwards.
std::vector<contract::Piece> halves(int file, std::uint64_t size)
{
    const std::uint64_t middle = contract::round_up(size / 2, contract::page_size());
    return {{.fd = file, .file_offset = middle, .length = size - middle, .buffer_offset = middle},
            {.fd = file, .length = middle}};
}

/// A memfd that the file is read into.
UniqueFd read_into_memfd(int file, std::uint64_t buffer_size)
{
    UniqueFd memory(::memfd_create("importers", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(buffer_size)) < 0)
        contract::throw_errno("make a memfd");
    void* const bytes = ::mmap(nullptr, buffer_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
    if (bytes == MAP_FAILED)
        contract::throw_errno("mmap of a memfd");
    // Whole pages, and so a whole block for a direct read; the file is small enough for one call.
    const ssize_t count = ::pread(file, bytes, buffer_size, 0);
    ::munmap(bytes, buffer_size);
    if (count < 0)
        contract::throw_errno("read into a memfd");
    // A direct read brings what is behind the end of the file.
    if (::ftruncate(memory.get(), count) < 0 ||
        ::ftruncate(memory.get(), static_cast<off_t>(buffer_size)) < 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0)
        contract::throw_errno("seal a memfd");
    return memory;
}

UniqueFd udmabuf_of(int file, std::uint64_t size)
{
    const std::uint64_t buffer_size = contract::round_up(size, contract::page_size());
    const UniqueFd memory = read_into_memfd(file, buffer_size);
    const UniqueFd device = contract::open_file("/dev/udmabuf", O_RDWR);
    udmabuf_create create{};
    create.memfd = static_cast<__u32>(memory.get());
    create.flags = UDMABUF_FLAGS_CLOEXEC;
    create.size = buffer_size;
    UniqueFd dmabuf(::ioctl(device.get(), UDMABUF_CREATE, &create));
    if (!dmabuf)
        contract::throw_errno("UDMABUF_CREATE");
    return dmabuf;
}

}  // namespace

UniqueFd Origin::make(const contract::TemporaryFile& file) const
{
    const UniqueFd fd = file.open(O_RDONLY | (direct ? O_DIRECT : 0));
    switch (form) {
    case Form::flag: {
        contract::Outcome loaded = contract::alloc_read(contract::open_heap(heap).get(), fd.get());
        if (loaded.error.value != 0)
            throw_error(loaded.error, "DMA_HEAP_ALLOC_AND_READ_FILE");
        return std::move(loaded.dmabuf);
    }
    case Form::ranges: {
        contract::RangesOutcome loaded = contract::read_ranges(
            contract::open_heap(heap).get(), contract::request_for(halves(fd.get(), file.size())));
        if (loaded.error.value != 0)
            throw_error(loaded.error, "DMA_HEAP_IOCTL_ALLOC_READ");
        return std::move(loaded.dmabuf);
    }
    case Form::udmabuf:
        return udmabuf_of(fd.get(), file.size());
    }
    return {};
}

std::string Origin::name() const
{
    constexpr const char* forms[] = {"flag", "ranges", "udmabuf"};
    std::string text = heap.empty() ? std::string() : heap + "_";
    text += forms[static_cast<int>(form)];
    return text + (direct ? "_direct" : "_buffered");
}

void PrintTo(const Origin& origin, std::ostream* out)
{
    *out << origin.name();
}

std::string origin_name(const ::testing::TestParamInfo<Origin>& info)
{
    std::string name = info.param.name();
    for (char& letter : name)
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0)
            letter = '_';
    return name;
}

std::vector<Origin> all_origins()
{
    std::vector<Origin> origins;
    for (const bool direct : {true, false}) {
        for (const std::string& heap : contract::reading_heaps())
            for (const Form form : {Form::flag, Form::ranges})
                origins.push_back({form, heap, direct});
        origins.push_back({.form = Form::udmabuf, .direct = direct});
    }
    return origins;
}

}  // namespace importers
