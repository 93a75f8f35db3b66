// SPDX-License-Identifier: Apache-2.0
#include "memfd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/memfd.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include <dmaload/syscalls.hpp>

#include "advice.hpp"
#include "page.hpp"

namespace dmaload {
namespace {

constexpr const char* allow_hugetlb =
    "Let the kernel make such pages when they are asked for: sysctl vm.nr_overcommit_hugepages=N, with N times "
    "2 MB.";

Result<UniqueFd> make_sealed(std::uint64_t size, Pages pages)
{
    const std::string object = fmt::format("of {} bytes", size);
    const unsigned kind = pages == Pages::hugetlb ? MFD_HUGETLB | MFD_HUGE_2MB : 0;
    UniqueFd memfd(syscalls().memfd_create("dmaload", MFD_CLOEXEC | MFD_ALLOW_SEALING | kind));
    if (!memfd) {
        const int code = errno;
        return fail(
            "memfd_create", object, code,
            kind != 0 && code == ENODEV ? "The kernel has no hugetlb pages of 2 MB." : common_advice(code));
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

Result<Memfd> Memfd::make(std::uint64_t size, Pages pages)
{
    const std::uint64_t length = pages == Pages::hugetlb ? round_up(size, huge_page) : size;
    auto fd = make_sealed(length, pages);
    if (!fd)
        return std::unexpected(std::move(fd.error()));
    auto mapping = Mapping::map(fd->get(), static_cast<std::size_t>(length), PROT_READ | PROT_WRITE);
    if (!mapping) {
        // That is when they are set aside for us.
        if (pages == Pages::hugetlb && mapping.error().code == ENOMEM)
            mapping.error().advice = allow_hugetlb;
        return std::unexpected(std::move(mapping.error()));
    }
    const std::span<std::byte> bytes = mapping->bytes();
    // Clearing a huge page of which only a part is needed costs more than it saves.
    const std::size_t whole = round_down(bytes.size(), huge_page);
    if (pages == Pages::huge && whole != 0)
        syscalls().madvise(bytes.data(), whole, MADV_HUGEPAGE);
    else if (pages == Pages::small)
        syscalls().madvise(bytes.data(), bytes.size(), MADV_NOHUGEPAGE);
    return Memfd{std::move(*fd), std::move(*mapping)};
}

Result<void> probe_pages(Pages pages)
{
    if (const auto memfd = Memfd::make(page_size(), pages); !memfd)
        return std::unexpected(memfd.error());
    return {};
}

void populate(std::span<std::byte> memory)
{
    syscalls().madvise(memory.data(), memory.size(), MADV_POPULATE_WRITE);
}

}  // namespace dmaload
