// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory that is a file: direct I/O can pin its pages, and udmabuf takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <dmaload/error.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// The usual size of a huge page, in bytes.
inline constexpr std::size_t huge_page = std::size_t{2} << 20U;

/// What a memfd is made of.
enum class Pages {
    small,    ///< those of the machine
    huge,     ///< huge ones where /sys/kernel/mm/transparent_hugepage/shmem_enabled lets who asks have them
    hugetlb,  ///< huge ones of hugetlbfs, which the administrator sets aside or allows
};

/// A memfd, sealed against shrinking, and its mapping.
struct Memfd {
    UniqueFd fd;
    Mapping mapping;  ///< of hugetlb pages, whole ones

    /// \p size bytes, all zero and without pages: these come when they are
    /// touched.
    [[nodiscard]] static Result<Memfd> make(std::uint64_t size, Pages pages = Pages::huge);
};

/// Whether there may be a memfd of such pages.
[[nodiscard]] Result<void> probe_pages(Pages pages);

/// Gives a part of a Memfd its pages with one call instead of a fault for
/// each. Where a kernel (before 5.14) cannot, nothing is lost but time.
void populate(std::span<std::byte> memory);

}  // namespace dmaload
