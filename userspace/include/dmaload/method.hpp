// SPDX-License-Identifier: Apache-2.0
/// \file
/// A method: one way to get a file's bytes into a dma-buf.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload {

/// How the file is to be read. Direct opens it with O_DIRECT.
enum class Mode { buffered, direct };

/// How the file was really read. A filesystem may accept O_DIRECT and still
/// go through the page cache; `unknown` where the system cannot tell.
enum class Path { buffered, direct, unknown };

[[nodiscard]] std::string_view to_string(Mode mode);
[[nodiscard]] std::string_view to_string(Path path);

/// Where the time of a load went; a phase that a method does not have, or
/// cannot tell apart, stays zero. The sum may be less than the whole.
struct Phases {
    std::chrono::nanoseconds alloc{};   ///< allocating the memory
    std::chrono::nanoseconds submit{};  ///< handing reads to the kernel without waiting
    std::chrono::nanoseconds wait{};    ///< waiting for reads
    std::chrono::nanoseconds zero{};    ///< clearing memory
    std::chrono::nanoseconds map{};     ///< mapping, and making a dma-buf of memory that is there
    std::chrono::nanoseconds copy{};    ///< read calls that copy, or that block until their bytes are there
};

/// What to load. The file is opened inside load(), so that a caller who times
/// load() times everything between the path and the dma-buf.
struct LoadRequest {
    std::string file;             ///< path of a regular file or block device
    Mode mode = Mode::direct;     ///< how to open it
    std::string heap = "system";  ///< name below /dev/dma_heap; udmabuf does not use it
};

/// A loaded file. The dma-buf is the caller's; its size is the file's size
/// rounded up to the page size, and all bytes behind the file's are zero.
struct Loaded {
    UniqueFd dmabuf;
    /// False for a method that is compared with and makes none: the descriptor
    /// is the file's own, open for reading, and devices cannot have the bytes.
    bool is_dmabuf = true;
    /// What such a method leaves mapped.
    std::optional<Mapping> mapping{};
    std::uint64_t file_size = 0;    ///< bytes
    std::uint64_t buffer_size = 0;  ///< bytes, a multiple of the page size
    Path path_taken = Path::unknown;
    Phases phases;
};

/// One way to load. Methods have no state of their own and may be used from
/// several threads at once.
class Method {
public:
    virtual ~Method() = default;

    /// Short and stable; what `--method` takes and result files hold.
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// One line for `dmaload probe`.
    [[nodiscard]] virtual std::string_view summary() const = 0;
    /// Whether the method can work here with this heap and mode; otherwise
    /// the error says why not and what would help. Loads nothing, and leaves
    /// nothing behind.
    [[nodiscard]] virtual Result<void> probe(const std::string& heap, Mode mode) const = 0;
    /// Loads the file. On failure nothing is left allocated or open.
    [[nodiscard]] virtual Result<Loaded> load(const LoadRequest& request) const = 0;
    /// Whether it is there to be compared with, and `auto` leaves it alone.
    [[nodiscard]] virtual bool for_comparison() const { return false; }
    /// The same way with other settings than those that it chooses itself,
    /// named NAME:SETTINGS, for who looks for the best ones. They are available
    /// where the method is.
    [[nodiscard]] virtual std::span<const Method* const> variants() const { return {}; }
};

/// All methods, best first: the order in which `auto` tries them, but for those
/// that are there for comparison.
[[nodiscard]] std::span<const Method* const> methods();

/// The method or variant of a method of that name, or nullptr.
[[nodiscard]] const Method* find_method(std::string_view name);

}  // namespace dmaload
