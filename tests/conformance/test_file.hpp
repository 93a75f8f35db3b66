// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files to load, with content that is a function of the offset.
#pragma once

#include <cstdint>
#include <string>

#include <dmaload/method.hpp>

namespace dmaload::test {

/// A file that is removed when it goes out of scope.
class TestFile {
public:
    /// Writes \p size bytes of pattern \p seed to a new file in \p directory,
    /// flushes them, and asks the kernel to forget its cached pages. Throws
    /// std::system_error where it cannot.
    TestFile(const std::string& directory, std::uint64_t size, std::uint64_t seed);
    ~TestFile();
    TestFile(const TestFile&) = delete;
    TestFile& operator=(const TestFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Empty if the buffer holds \p size bytes of pattern \p seed and zeros behind
/// them; otherwise what is wrong.
[[nodiscard]] std::string check_content(const Loaded& loaded, std::uint64_t size, std::uint64_t seed);

/// A directory for files of tests that need no particular filesystem.
[[nodiscard]] std::string scratch_directory();

/// Whether the method maps the file: it makes no calls that read, and a page
/// that the file loses ends whoever touches it.
[[nodiscard]] inline bool maps_file(const Method& method)
{
    return method.name().starts_with("mmap-file") || method.name().starts_with("mmap-copy");
}

}  // namespace dmaload::test
