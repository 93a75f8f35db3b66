// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files of known content, and the check that a dma-buf holds one.
#pragma once

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "support/system.hpp"

namespace contract {

inline constexpr std::uint64_t kilobyte = 1024;
inline constexpr std::uint64_t megabyte = 1024 * kilobyte;

std::uint64_t page_size();
std::uint64_t round_up(std::uint64_t value, std::uint64_t unit);

/// Writes the pattern of \p seed to [offset, offset + size), with fsync.
void write_pattern(const std::string& path, std::uint64_t size, std::uint64_t seed, std::uint64_t offset = 0);

/// Whether a dma-buf is as large as the file's size asks for, holds the
/// pattern of \p seed and nothing but zeros behind it.
::testing::AssertionResult holds_pattern(int dmabuf, std::uint64_t size, std::uint64_t seed);

/// The same against what read(2) gives for a file.
::testing::AssertionResult holds_file(int dmabuf, const std::string& path);

/// A file that is removed in the end.
class TemporaryFile {
public:
    /// The pattern of \p seed, written back and dropped from the page cache.
    TemporaryFile(const std::string& folder, std::uint64_t size, std::uint64_t seed = 1);
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile();

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] UniqueFd open(int flags) const { return open_file(path_, flags); }

private:
    std::string path_;
    std::uint64_t size_;
};

/// Asks the kernel to drop a file's clean pages.
void forget_pages(const std::string& path);

}  // namespace contract
