// SPDX-License-Identifier: Apache-2.0
/// \file
/// One call of the interface, in all that a caller can choose, and the line of
/// text that it is printed as and can be made from again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>

namespace fuzz {

/// What the struct is filled in as.
enum class Form { plain, flag, ranges };

/// Where something that is pointed to lies.
enum class Where {
    good,          ///< in ordinary memory
    edge,          ///< its last byte is the last one before unmapped memory
    cut,           ///< its last byte is not there
    unaligned,     ///< at an odd address
    read_only,     ///< where it cannot be written
    null,          ///< at 0
    unmapped,      ///< where nothing is
    kernel,        ///< at an address of the kernel's
    noncanonical,  ///< at one that nobody can have
    vanishing,     ///< where another thread takes memory away, and puts it back
    late,          ///< where it arrives late: the kernel has to wait for another thread
};

/// A range, and how often it is repeated.
struct RangeSpec {
    std::string file;
    std::uint64_t file_offset = 0;
    std::uint64_t length = 1;
    std::uint64_t buffer_offset = 0;
    std::uint64_t reserved = 0;
    std::uint64_t times = 1;
    std::uint64_t step = 0;  ///< from one repetition's place in the buffer to the next

    bool operator==(const RangeSpec&) const = default;
};

constexpr std::uint64_t as_many_as_there_are = UINT64_MAX;

struct Call {
    Form form = Form::flag;
    std::string heap = "system";

    // The number of the ioctl.
    std::uint64_t number = 0;
    std::uint64_t type = DMA_HEAP_IOC_MAGIC;
    std::uint64_t size = sizeof(dma_heap_allocation_data);
    std::uint64_t direction = _IOC_READ | _IOC_WRITE;

    // The struct. Numbers are cut to what their field holds.
    std::string file = "#-1";  ///< of the flag: a name of Files, or #NUMBER
    std::uint64_t len = 0;
    std::uint64_t fd = 0;
    std::uint64_t fd_flags = O_RDWR | O_CLOEXEC;
    std::uint64_t heap_flags = 0;
    std::uint64_t reserved = 0;
    std::uint64_t nr_ranges = as_many_as_there_are;
    std::uint64_t bytes_read = 0;
    std::uint64_t tail_at = 0;  ///< a byte behind the struct that is not zero; 0: none
    std::vector<RangeSpec> ranges{};

    Where place = Where::good;
    Where ranges_place = Where::good;

    // What else happens. 0 or 1.
    std::uint64_t compat = 0;  ///< a 32-bit call
    std::uint64_t no_fds = 0;  ///< no descriptor can be had
    std::uint64_t swap = 0;    ///< another thread changes the struct meanwhile
    std::uint64_t kill = 0;    ///< whoever calls is killed as soon as the call stands still

    bool operator==(const Call&) const = default;

    /// A right call of that form but for the file or the ranges.
    static Call of(Form form);
    /// How the ioctl is called.
    [[nodiscard]] unsigned long command() const { return _IOC(direction, type, number, size); }
    /// How many bytes the struct has that it is filled in as.
    [[nodiscard]] std::uint64_t struct_size() const
    {
        return form == Form::ranges ? sizeof(dma_heap_allocate_read_data) : sizeof(dma_heap_allocation_data);
    }
};

const char* name_of(Form form);

/// The first of the files that the call names for which \p is_wanted; nullptr where there is none.
template <class Predicate>
const std::string* find_file(const Call& call, const Predicate& is_wanted)
{
    if (is_wanted(call.file))
        return &call.file;
    const auto found = std::ranges::find_if(call.ranges, is_wanted, &RangeSpec::file);
    return found != call.ranges.end() ? &found->file : nullptr;
}

/// Only what differs from a right call.
std::string to_text(const Call& call);
std::expected<Call, std::string> from_text(const std::string& text);

}  // namespace fuzz
