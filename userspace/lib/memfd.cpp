// SPDX-License-Identifier: Apache-2.0
#include "memfd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "page.hpp"

namespace dmaload {
namespace {

Result<UniqueFd> make_sealed(std::uint64_t size)
{
    const std::string object = fmt::format("of {} bytes", size);
    UniqueFd memfd(syscalls().memfd_create("dmaload", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memfd) {
        const int code = errno;
        return fail("memfd_create", object, code, common_advice(code));
    }
    while (syscalls().ftruncate(memfd.get(), static_cast<off_t>(size)) < 0) {
        if (errno != EINTR) {
            const int code = errno;
            return fail("ftruncate", "memfd " + object, code, common_advice(code));
        }
    }
    // udmabuf insists on memory that cannot go away under it.
    if (syscalls().add_seals(memfd.get(), F_SEAL_SHRINK) < 0) {
        const int code = errno;
        return fail("fcntl F_ADD_SEALS", "memfd " + object, code, common_advice(code));
    }
    return memfd;
}

}  // namespace

Result<Memfd> Memfd::make(std::uint64_t size)
{
    auto fd = make_sealed(size);
    if (!fd)
        return std::unexpected(std::move(fd.error()));
    auto mapping = Mapping::map(fd->get(), static_cast<std::size_t>(size), PROT_READ | PROT_WRITE);
    if (!mapping)
        return std::unexpected(std::move(mapping.error()));
    // Clearing a huge page of which only a part is needed costs more than it saves.
    const std::span<std::byte> bytes = mapping->bytes();
    if (const std::size_t whole = round_down(bytes.size(), huge_page); whole != 0)
        syscalls().madvise(bytes.data(), whole, MADV_HUGEPAGE);
    return Memfd{std::move(*fd), std::move(*mapping)};
}

void populate(std::span<std::byte> memory)
{
    syscalls().madvise(memory.data(), memory.size(), MADV_POPULATE_WRITE);
}

}  // namespace dmaload
