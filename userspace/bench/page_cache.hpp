// SPDX-License-Identifier: Apache-2.0
/// \file
/// The page cache: emptying it, and seeing what it holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Drops clean pages, dentries and inodes of the whole system. Needs root.
[[nodiscard]] Result<void> drop_caches();

/// How many bytes of the file the page cache holds, in whole pages: by
/// cachestat(2) (Linux 6.5), else by mincore(2).
[[nodiscard]] Result<std::uint64_t> cached_bytes(const std::string& path);

/// What /proc/meminfo says, in bytes.
struct Meminfo {
    std::uint64_t free = 0;
    std::uint64_t available = 0;
    std::uint64_t cached = 0;
    std::uint64_t buffers = 0;
    std::uint64_t shmem = 0;
    std::uint64_t total = 0;

    /// System-wide cache of files and block devices. Shared memory, which the
    /// kernel counts as cache, is left out: for udmabuf it is the buffer itself.
    [[nodiscard]] std::uint64_t file_cache() const;
};

[[nodiscard]] Meminfo parse_meminfo(std::string_view text);
[[nodiscard]] Result<Meminfo> read_meminfo();

}  // namespace dmaload::bench
