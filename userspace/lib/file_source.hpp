// SPDX-License-Identifier: Apache-2.0
/// \file
/// The file that is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <dmaload/error.hpp>
#include <dmaload/method.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// An open regular file or block device with the size that it had when it was
/// opened. Bytes that are appended later are not looked at.
class FileSource {
public:
    [[nodiscard]] static Result<FileSource> open(const std::string& path, Mode mode);
    /// The same for a caller who reads a part of it: the file may be larger
    /// than the machine's memory.
    [[nodiscard]] static Result<FileSource> open_part(const std::string& path, Mode mode);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    /// Bytes; never zero.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// The size of a buffer that holds the file: whole pages.
    [[nodiscard]] std::uint64_t buffer_size() const noexcept;
    /// What offsets of reads must be a multiple of, as far as the kernel tells;
    /// 1 where they may be any, and where it does not tell.
    [[nodiscard]] std::uint64_t offset_alignment() const noexcept { return offset_alignment_; }
    /// What offset and length of a read must be a multiple of; 1 for buffered files.
    [[nodiscard]] std::uint64_t alignment() const noexcept { return alignment_; }
    /// Where reads into a buffer of buffer_size() may end: at the end of the
    /// file, or of its last block, or before that one where it leaves the buffer.
    [[nodiscard]] std::uint64_t read_end() const noexcept;
    /// The size now.
    [[nodiscard]] Result<std::uint64_t> current_size() const;
    /// Gives the descriptor to the caller; nothing can be read here afterwards.
    [[nodiscard]] UniqueFd take_fd() noexcept { return std::move(fd_); }

    /// Reads the whole file to the start of \p buffer, which is page-aligned
    /// and of buffer_size(), and clears the rest of the buffer. What lies
    /// before \p from (a multiple of alignment()) has been read already.
    [[nodiscard]] Result<void> read_into(std::span<std::byte> buffer, std::uint64_t from = 0) const;

    /// Reads the file's bytes at \p offset, which must be bytes that it had when
    /// it was opened, to all of \p target. Buffered files only.
    [[nodiscard]] Result<void> read_part(std::span<std::byte> target, std::uint64_t offset) const;

    /// The error for a read that failed with \p code.
    [[nodiscard]] Error read_error(int code) const;
    /// The error for a file that has become shorter.
    [[nodiscard]] Error shrank() const;
    /// The error for a direct read that ended early, before the end of the file.
    [[nodiscard]] Error cut_short(std::uint64_t offset, std::uint64_t wanted, std::uint64_t got) const;

private:
    FileSource(UniqueFd fd, std::string path, Mode mode)
        : fd_(std::move(fd)), path_(std::move(path)), mode_(mode)
    {
    }
    [[nodiscard]] Result<void> read_direct(std::span<std::byte> buffer, std::uint64_t from) const;
    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> target, std::uint64_t offset) const;
    [[nodiscard]] Result<std::size_t> read_block_at(std::span<std::byte> target, std::uint64_t offset) const;

    UniqueFd fd_;
    std::string path_;
    Mode mode_;
    std::uint64_t size_ = 0;
    std::uint64_t alignment_ = 1;  ///< of a direct read's offset and length
    std::uint64_t offset_alignment_ = 1;
};

}  // namespace dmaload
