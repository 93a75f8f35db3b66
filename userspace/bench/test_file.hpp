// SPDX-License-Identifier: Apache-2.0
/// \file
/// The files that are loaded: making them, knowing their content, and finding
/// the device that they lie on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>

namespace dmaload::bench {

/// Seed of the content of files that we make. Always the same, so that files
/// kept on a disk are good for later runs.
inline constexpr std::uint64_t kContentSeed = 0x646d616c6f6164;

/// A file, or a whole block device, whose content is known.
struct TestFile {
    std::string path;
    std::uint64_t size = 0;
    bool pattern = false;          ///< content is dmaload::pattern with kContentSeed
    std::uint64_t checksum = 0;    ///< of any other content, read before measuring
    std::string device_stat = {};  ///< /sys/dev/block/MAJ:MIN/stat, or empty: not on a block device
    std::string filesystem = {};   ///< type, for example "ext4"
    std::string mount = {};        ///< source and options, as in /proc/self/mountinfo
};

/// Whether the file's only place is the page cache, so that no load of it is
/// cold, and none has to be.
[[nodiscard]] bool is_memory(const TestFile& file);

/// Bytes of all files together.
[[nodiscard]] std::uint64_t total_size(std::span<const TestFile> files);

/// Called with the bytes done so far and all bytes to do.
using ByteProgress = std::function<void(std::uint64_t, std::uint64_t)>;

/// The path in \p directory that a pattern file of this size has; there may be
/// several of one size, numbered from 0.
[[nodiscard]] std::string pattern_path(const std::string& directory, std::uint64_t size, unsigned number = 0);

/// Writes the pattern file unless one of that size is there, and has it on
/// the storage before it returns.
[[nodiscard]] Result<void> make_pattern_file(const std::string& path, std::uint64_t size,
                                             const ByteProgress& progress = {});

/// Reads the whole file once: either it is our pattern, or its checksum is
/// taken, which later samples are compared with.
[[nodiscard]] Result<TestFile> examine(const std::string& path, const ByteProgress& progress = {});

/// Fills in filesystem and mount from the text of /proc/self/mountinfo;
/// \p device is the filesystem's, "8:1".
void describe_mount(TestFile& file, std::string_view mountinfo, std::string_view device);

/// A 64-bit checksum that depends on the position of each byte. It finds
/// errors; it resists nobody.
class Checksum {
public:
    /// Adds bytes; every call but the last must have a multiple of 8 of them.
    void add(std::span<const std::byte> bytes);
    [[nodiscard]] std::uint64_t value() const;

private:
    std::uint64_t state_ = 0x9ae16a3b2f90404fU;
    std::uint64_t length_ = 0;
};

/// Compares a loaded buffer with the file's content, and everything behind it
/// with zero. Returns what is wrong, or nothing.
[[nodiscard]] std::optional<std::string> difference(const TestFile& file, std::span<const std::byte> buffer);

/// Bytes that the device has read since boot, from its stat line.
[[nodiscard]] std::optional<std::uint64_t> parse_device_read_bytes(std::string_view stat_line);
/// The same of the file's device; nothing where there is no such counter.
[[nodiscard]] std::optional<std::uint64_t> device_read_bytes(const TestFile& file);

}  // namespace dmaload::bench
