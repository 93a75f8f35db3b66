// SPDX-License-Identifier: Apache-2.0
#include "prediction.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <span>

#include <sys/sysinfo.h>

#include "support/content.hpp"

namespace fuzz {
namespace {

constexpr std::uint64_t kernel_number = 1ULL << 63;  // more than an loff_t

Prediction only(int result)
{
    return {.results = {result}};
}

std::uint64_t all_memory()
{
    static const std::uint64_t bytes = [] {
        struct sysinfo info{};
        ::sysinfo(&info);
        return static_cast<std::uint64_t>(info.totalram) * info.mem_unit;
    }();
    return bytes;
}

bool has_unknown_fd_flags(std::uint32_t flags)
{
    return (flags & ~static_cast<std::uint32_t>(O_CLOEXEC | O_ACCMODE)) != 0;
}

/// The kernel's copy of the struct: what was passed, and zeros behind it.
template <class Struct>
Struct copy_of(const std::vector<std::byte>& passed)
{
    Struct data{};
    std::memcpy(&data, passed.data(), std::min(passed.size(), sizeof(data)));
    return data;
}

/// What a buffer of that length does to a call that was right so far.
void add_length(Prediction& prediction, std::uint64_t length)
{
    const std::uint64_t page = contract::page_size();
    if (length >= kernel_number - page + 1) {
        prediction.results = {EFBIG};
        return;
    }
    prediction.buffer_size = contract::round_up(length, page);
    if (prediction.buffer_size / page > all_memory() / page)
        prediction.results = {ENOMEM};
}

/// A right call may still meet what is left when everything has been checked.
void add_outcome(Prediction& prediction, const Given& given)
{
    if (!prediction.may_succeed())
        return;
    const std::uint64_t out = (given.call.direction & _IOC_READ) != 0 ? given.call.size : 0;
    // Only the system heap has all the machine's memory.
    if (given.call.heap != "system")
        prediction.results.insert(ENOMEM);
    if (given.call.no_fds != 0) {
        // Plain allocations ask for the number last, loads before they read.
        std::erase_if(prediction.results,
                      [](int result) { return result != EINVAL && result != EBADF && result != ENOMEM; });
        prediction.results.insert(EMFILE);
    } else if (!given.place.can_be_written(out)) {
        prediction.results.erase(0);
        prediction.results.insert(EFAULT);
    }
}

/// Takes a file as the kernel does; false where the call ends with an error.
/// A file that is replaced meanwhile may be another one than is seen here.
bool take(const std::vector<File>& files, std::set<int>& errors)
{
    bool can = false;
    for (const File& file : files) {
        if (file.opening != Errno{})
            errors.insert(file.opening.value);
        else
            can = true;
    }
    return can;
}

Prediction predict_file(const dma_heap_allocation_data& data, const Given& given)
{
    const std::vector<File> files = given.files.behind(data.file_fd);
    Prediction prediction;
    if (!take(files, prediction.results))
        return prediction;
    Part part{.files = {}};
    for (const File& file : files) {
        if (file.opening != Errno{})
            continue;
        if (file.size == 0) {
            prediction.results.insert(EINVAL);
            continue;
        }
        part.files.push_back(file);
        part.length = prediction.bytes_read = file.size;
        prediction.results.insert(file.reading.begin(), file.reading.end());
    }
    if (part.length != 0) {
        add_length(prediction, part.length);
        prediction.parts.push_back(std::move(part));
    }
    return prediction;
}

Prediction predict_plain(std::uint64_t len)
{
    const std::uint64_t page = contract::page_size();
    if (len == 0 || len > UINT64_MAX - page + 1)
        return only(EINVAL);
    Prediction prediction = only(0);
    prediction.buffer_size = contract::round_up(len, page);
    return prediction;
}

Prediction predict_alloc(const std::vector<std::byte>& passed, const Given& given)
{
    const auto data = copy_of<dma_heap_allocation_data>(passed);
    if (data.fd != 0 || has_unknown_fd_flags(data.fd_flags) ||
        (data.heap_flags & ~static_cast<__u64>(DMA_HEAP_VALID_HEAP_FLAGS)) != 0)
        return only(EINVAL);
    if ((data.heap_flags & DMA_HEAP_ALLOC_AND_READ_FILE) == 0)
        return predict_plain(data.len);
    if (data.reserved != 0)
        return only(EINVAL);
    if (!given.heap_can_read)
        return only(EOPNOTSUPP);
    return predict_file(data, given);
}

/// Adds a range to what is predicted; false where it ends the call.
bool add_range(Prediction& prediction, const dma_heap_read_range& range, const Files& known)
{
    if (range.reserved != 0 || range.length == 0 || range.file_offset > UINT64_MAX - range.length ||
        range.buffer_offset > UINT64_MAX - range.length) {
        prediction.results.insert(EINVAL);
        return false;
    }
    Part part{.files = {},
              .file_offset = range.file_offset,
              .length = range.length,
              .buffer_offset = range.buffer_offset};
    for (const File& file : known.behind(range.file_fd)) {
        if (file.opening != Errno{}) {
            prediction.results.insert(file.opening.value);
        } else if (range.file_offset + range.length > file.size || range.file_offset % file.align != 0 ||
                   range.buffer_offset % file.mem_align != 0) {
            prediction.results.insert(EINVAL);
        } else {
            prediction.results.insert(file.reading.begin(), file.reading.end());
            part.files.push_back(file);
        }
    }
    prediction.bytes_read += range.length;
    const bool goes_on = !part.files.empty();
    prediction.parts.push_back(std::move(part));
    return goes_on;
}

Prediction predict_parts(std::span<const dma_heap_read_range> ranges, std::uint64_t len, const Files& files)
{
    Prediction prediction;
    for (const dma_heap_read_range& range : ranges)
        if (!add_range(prediction, range, files)) {
            // Reading never begins.
            std::erase_if(prediction.results, [](int result) { return result != EINVAL && result != EBADF; });
            return prediction;
        }
    std::ranges::stable_sort(prediction.parts, {}, &Part::buffer_offset);
    std::uint64_t end = 0;
    bool fits = true;
    for (const Part& part : prediction.parts) {
        fits = fits && part.buffer_offset >= end;
        end = part.buffer_offset + part.length;
    }
    Prediction length;
    add_length(length, len != 0 ? len : end);
    if (!fits || (len != 0 && len < end))
        length.results = {EINVAL};
    prediction.buffer_size = length.buffer_size;
    if (length.results.empty())
        return prediction;
    // What a file that is replaced may give comes before.
    std::erase_if(prediction.results, [](int result) { return result != EINVAL && result != EBADF; });
    prediction.results.merge(length.results);
    return prediction;
}

Prediction predict_ranges(const std::vector<std::byte>& passed, const Given& given)
{
    constexpr std::size_t known = sizeof(dma_heap_allocate_read_data);
    const std::uint64_t out = (given.call.direction & _IOC_READ) != 0 ? given.call.size : 0;
    if (passed.size() > known &&
        std::any_of(passed.begin() + known, passed.end(), [](std::byte byte) { return byte != std::byte{}; }))
        return only(E2BIG);
    if (passed.size() < known || out < known)
        return only(EINVAL);
    const auto data = copy_of<dma_heap_allocate_read_data>(passed);
    if (has_unknown_fd_flags(data.fd_flags) || data.heap_flags != 0 || data.reserved != 0)
        return only(EINVAL);
    if (!given.heap_can_read)
        return only(EOPNOTSUPP);
    if (data.nr_ranges == 0 || data.nr_ranges > DMA_HEAP_READ_MAX_RANGES)
        return only(EINVAL);
    std::vector<dma_heap_read_range> ranges(data.nr_ranges);
    const std::size_t size = data.nr_ranges * sizeof(dma_heap_read_range);
    // A struct of the other form points to anywhere, and something may be there.
    const std::vector<std::byte> readable =
        data.ranges == given.ranges.address() ? given.ranges.readable(size) : mapped_at(data.ranges, size);
    if (readable.size() < size)
        return only(EFAULT);
    std::memcpy(ranges.data(), readable.data(), size);
    Prediction prediction = predict_parts(ranges, data.len, given.files);
    if (given.ranges.vanishes())
        prediction.results.insert(EFAULT);
    return prediction;
}

}  // namespace

Prediction predict(const Given& given)
{
    if (given.call.number > 1)
        return only(EINVAL);
    const std::uint64_t in = (given.call.direction & _IOC_WRITE) != 0 ? given.call.size : 0;
    const std::vector<std::byte> passed = given.place.readable(in);
    if (passed.size() < in)
        return only(EFAULT);
    Prediction prediction =
        given.call.number == 0 ? predict_alloc(passed, given) : predict_ranges(passed, given);
    // The reserved field is 0 half of the time.
    if (given.call.swap != 0)
        prediction.results.insert(EINVAL);
    add_outcome(prediction, given);
    if (given.place.vanishes())
        prediction.results.insert(EFAULT);
    return prediction;
}

}  // namespace fuzz
