// SPDX-License-Identifier: Apache-2.0
/// \file
/// Loads parts of files, or several whole ones (the shards of a model), into
/// one buffer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/heap.hpp>
#include <dmaload/loader.hpp>
#include <dmaload/method.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// A part of a file, and its place in the buffer. With a path alone it is the
/// whole file, behind what comes before it in the list.
struct FileRange {
    std::string file;               ///< path of a regular file or block device
    std::uint64_t file_offset = 0;  ///< bytes
    std::uint64_t length = 0;       ///< bytes; 0: to the end of the file
    /// Bytes. Without it: where the range before it in the list ends, rounded
    /// up to a page (and to the file's direct I/O alignment).
    std::optional<std::uint64_t> buffer_offset{};
    std::optional<Mode> mode{};  ///< without it, the loader's
};

/// A range that was loaded: what and where it is, with nothing left open.
struct LoadedRange {
    std::string file;
    std::uint64_t file_offset = 0;    ///< bytes
    std::uint64_t length = 0;         ///< bytes
    std::uint64_t buffer_offset = 0;  ///< bytes
    Mode mode = Mode::direct;
    Path path_taken = Path::unknown;  ///< of all ranges of that file and mode
};

/// The dma-buf is the caller's; what no range covers is zero.
struct LoadedRanges {
    UniqueFd dmabuf;
    std::uint64_t buffer_size = 0;    ///< bytes, a multiple of the page size
    std::uint64_t bytes_read = 0;     ///< the sum of the lengths
    std::vector<LoadedRange> ranges;  ///< in the order of the request
    Phases phases;
};

/// The methods that load ranges, best first: alloc-read, with one ioctl
/// (DMA_HEAP_IOCTL_ALLOC_READ), and mmap-read, which works on every kernel and
/// is buffered.
[[nodiscard]] std::span<const std::string_view> range_methods();

/// Loads ranges by the best of the methods allowed. It probes once, when it
/// is made, and may then be used for many loads and by several threads.
class RangeLoader {
public:
    /// \p method is one of range_methods() or `auto`. Without \p mode, direct
    /// is used with alloc-read and buffered with mmap-read. Fails with the
    /// reason where nothing allowed works here, and with EINVAL where no
    /// method of that name loads ranges.
    [[nodiscard]] static Result<RangeLoader> create(std::string_view method = auto_method,
                                                    std::optional<Mode> mode = std::nullopt,
                                                    const std::string& heap = "system");

    /// Opens the files (each once), lays the ranges out and loads them. The
    /// buffer has \p buffer_size bytes in whole pages; 0: as many as the
    /// ranges need. EINVAL where ranges overlap in the buffer, leave their
    /// file or the buffer, or are not aligned to what direct reads of their
    /// file need; the error says which range and what would do. On failure
    /// nothing is left allocated or open.
    [[nodiscard]] Result<LoadedRanges> load(std::span<const FileRange> ranges,
                                            std::uint64_t buffer_size = 0) const;

    [[nodiscard]] const Method& method() const noexcept { return *method_; }
    /// The mode of ranges that do not say theirs.
    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    /// Why alloc-read is not used, where it would have come first.
    [[nodiscard]] const std::optional<Error>& passed_over() const noexcept { return passed_over_; }

private:
    RangeLoader(Heap heap, const Method* method, Mode mode, std::optional<Error> passed_over)
        : heap_(std::move(heap)), method_(method), mode_(mode), passed_over_(std::move(passed_over))
    {
    }

    Heap heap_;
    const Method* method_;
    Mode mode_;
    std::optional<Error> passed_over_;
};

}  // namespace dmaload
