// SPDX-License-Identifier: Apache-2.0
/// \file
/// Finds out whether a read went through the page cache.
#pragma once

#include <cstdint>
#include <optional>

#include <dmaload/method.hpp>

#include "file_source.hpp"

namespace dmaload {

/// Made before the file is read; asked afterwards.
class PathObserver {
public:
    explicit PathObserver(const FileSource& file);
    /// For a reader of \p bytes of it.
    PathObserver(const FileSource& file, std::uint64_t bytes);

    /// Direct if the page cache took in nothing of the file although it could
    /// have; buffered if it took in most of what it did not have. `unknown`
    /// between (another reader), where the file was cached before, and where
    /// the kernel has no cachestat (before 6.5).
    [[nodiscard]] Path path_taken() const;

private:
    [[nodiscard]] std::optional<std::uint64_t> cached_pages() const;

    const FileSource& file_;
    std::uint64_t pages_;  ///< that a buffered reader would leave in the cache
    std::optional<Path> known_;
    std::optional<std::uint64_t> before_;
};

}  // namespace dmaload
