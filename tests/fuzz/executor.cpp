// SPDX-License-Identifier: Apache-2.0
#include "executor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <set>

#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.hpp"
#include "disturbers.hpp"
#include "scene.hpp"
#include "support/content.hpp"
#include "support/heap.hpp"
#include "support/limits.hpp"
#include "support/stalled_call.hpp"

namespace fuzz {
namespace {

// The largest that an ioctl's number can tell, at an odd address.
constexpr std::size_t struct_room = (1U << _IOC_SIZEBITS) + 64;
// One range more than may be.
constexpr std::size_t ranges_room = (DMA_HEAP_READ_MAX_RANGES + 1) * sizeof(dma_heap_read_range);

std::string name_of(int error)
{
    if (error == 0)
        return "success";
    const char* name = ::strerrorname_np(error);
    return name != nullptr ? name : std::to_string(error);
}

std::string names_of(const std::set<int>& errors)
{
    std::string names;
    for (const int error : errors)
        names += (names.empty() ? "" : " or ") + name_of(error);
    return names;
}

bool is_slot(const std::string& name)
{
    return name == Files::slot_name;
}

std::size_t offset_of_fd(const Call& call)
{
    return call.number == 1 ? offsetof(dma_heap_allocate_read_data, fd)
                            : offsetof(dma_heap_allocation_data, fd);
}

bool can_stall(hostile::StalledMemory::On on)
{
    return hostile::StalledMemory::why_not(on).empty();
}

template <class T>
T at(std::span<const std::byte> bytes, std::size_t offset)
{
    T value{};
    if (offset + sizeof(value) <= bytes.size())
        std::memcpy(&value, bytes.data() + offset, sizeof(value));
    return value;
}

/// fd_flags as the kernel finds them: zeros where the struct is cut before.
std::uint32_t fd_flags_seen(const Call& call, std::span<const std::byte> data)
{
    std::vector<std::byte> seen(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(call.size));
    seen.resize(std::max(seen.size(), sizeof(dma_heap_allocate_read_data)));
    return at<std::uint32_t>(seen, call.number == 1 ? offsetof(dma_heap_allocate_read_data, fd_flags)
                                                    : offsetof(dma_heap_allocation_data, fd_flags));
}

/// Whether the struct is, after a call that succeeded, what was passed but for the results.
bool struct_is_right(std::span<const std::byte> after, std::vector<std::byte> before, const Call& call,
                     int fd, const Prediction& prediction)
{
    const std::size_t out = (call.direction & _IOC_READ) != 0 ? call.size : 0;
    const auto put = [&](std::size_t offset, auto value) {
        if (offset < out)
            std::memcpy(before.data() + offset, &value, std::min(sizeof(value), out - offset));
    };
    put(offset_of_fd(call), static_cast<std::uint32_t>(fd));
    if (call.number == 1)
        put(offsetof(dma_heap_allocate_read_data, bytes_read),
            static_cast<std::uint64_t>(prediction.bytes_read));
    return std::ranges::equal(after, std::span(before).first(std::min(after.size(), before.size())));
}

}  // namespace

Executor::Executor(Files& files, std::chrono::seconds limit)
    : files_(files),
      watchdog_(limit),
      can_stall_readers_(can_stall(hostile::StalledMemory::On::read)),
      can_stall_writers_(can_stall(hostile::StalledMemory::On::write)),
      place_(struct_room),
      ranges_(ranges_room)
{
}

const Executor::Heap& Executor::heap(const std::string& name)
{
    const auto [entry, is_new] = heaps_.try_emplace(name);
    Heap& found = entry->second;
    if (is_new && ::access(("/dev/dma_heap/" + name).c_str(), R_OK) == 0) {
        found.fd = contract::open_heap(name);
        found.can_read = contract::alloc_read(found.fd.get(), -1).error != contract::Errno{EOPNOTSUPP};
    }
    return found;
}

std::string Executor::why_not(const Call& call)
{
    const auto is_missing = [this](const std::string& name) {
        return !Scene::is_one(name) && !files_.has(name);
    };
    if (const std::string* const missing = find_file(call, is_missing))
        return "no file '" + *missing + "'";
    if (!heap(call.heap).fd)
        return "no heap '" + call.heap + "'";
    if (call.compat != 0 && !hostile::has_compat())
        return "no 32-bit calls";
    const bool late = call.place == Where::late || call.ranges_place == Where::late;
    if (late && !can_stall_readers_)
        return "no userfaultfd";
    if (call.kill != 0 && !late && !can_stall_writers_)
        return "no userfaultfd that stalls a write";
    return {};
}

std::vector<dma_heap_read_range> Executor::ranges_of(const Call& call) const
{
    std::vector<dma_heap_read_range> ranges;
    for (const RangeSpec& spec : call.ranges)
        for (std::uint64_t i = 0; i < spec.times && ranges.size() <= DMA_HEAP_READ_MAX_RANGES; ++i)
            ranges.push_back({.file_fd = files_.number(spec.file),
                              .reserved = static_cast<std::uint32_t>(spec.reserved),
                              .file_offset = spec.file_offset,
                              .length = spec.length,
                              .buffer_offset = spec.buffer_offset + i * spec.step});
    return ranges;
}

/// As many bytes as the ioctl's number tells, and not less than the form has.
std::vector<std::byte> Executor::struct_of(const Call& call, std::size_t nr_ranges) const
{
    std::vector<std::byte> bytes(std::max(call.size, call.struct_size()));
    if (call.form == Form::ranges) {
        dma_heap_allocate_read_data data{};
        data.len = call.len;
        data.ranges = ranges_.address();
        data.nr_ranges =
            static_cast<std::uint32_t>(call.nr_ranges == as_many_as_there_are ? nr_ranges : call.nr_ranges);
        data.fd_flags = static_cast<std::uint32_t>(call.fd_flags);
        data.heap_flags = call.heap_flags;
        data.fd = static_cast<std::uint32_t>(call.fd);
        data.reserved = static_cast<std::uint32_t>(call.reserved);
        data.bytes_read = call.bytes_read;
        std::memcpy(bytes.data(), &data, sizeof(data));
    } else {
        dma_heap_allocation_data data{};
        data.len = call.len;
        if (call.form == Form::flag) {
            data.file_fd = files_.number(call.file);
            data.reserved = static_cast<std::uint32_t>(call.reserved);
        }
        data.fd = static_cast<std::uint32_t>(call.fd);
        data.fd_flags = static_cast<std::uint32_t>(call.fd_flags);
        data.heap_flags = call.heap_flags;
        std::memcpy(bytes.data(), &data, sizeof(data));
    }
    if (call.tail_at >= call.struct_size() && call.tail_at < bytes.size())
        bytes[call.tail_at] = std::byte{1};
    return bytes;
}

Verdict Executor::run(const Call& call)
{
    if (std::string reason = why_not(call); !reason.empty())
        return {.left_out = std::move(reason)};
    std::unique_ptr<Scene> scene;
    if (const std::string* const name = find_file(call, Scene::is_one))
        scene = std::make_unique<Scene>(*name, files_);

    const std::vector<dma_heap_read_range> ranges = ranges_of(call);
    const auto ranges_bytes = std::as_bytes(std::span(ranges));
    ranges_.put(call.ranges_place, ranges_bytes, ranges_bytes.size());
    const std::vector<std::byte> data = struct_of(call, ranges.size());
    place_.put(call.place, data, call.size);

    watchdog_.begin(call);
    if (scene)
        scene->start();
    Verdict verdict = call.kill != 0 ? run_killed(call, data) : run_placed(call, data);
    if (scene)
        scene->stop();
    watchdog_.end();
    return verdict;
}

Verdict Executor::run_placed(const Call& call, const std::vector<std::byte>& data)
{
    const Heap& target = heap(call.heap);
    const Prediction prediction = predict({call, place_, ranges_, files_, target.can_read});
    if (prediction.buffer_size > longest_buffer && prediction.may_allocate())
        return {.left_out = "a large buffer"};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): any number
    const auto argument = reinterpret_cast<void*>(place_.address());
    const bool compat = call.compat != 0 && place_.address() <= UINT32_MAX;

    const int next = contract::next_fd();
    Verdict verdict;
    {
        const Replacer replacer(files_, find_file(call, is_slot) != nullptr);
        const Swapper swapper(place_, call);
        place_.start();
        ranges_.start();
        std::optional<contract::NoMoreFds> limit;
        if (call.no_fds != 0)
            limit.emplace();
        const auto begin = std::chrono::steady_clock::now();
        if (compat)
            verdict.result = hostile::compat_ioctl(target.fd.get(), call.command(), argument).value;
        else
            verdict.result = ::ioctl(target.fd.get(), call.command(), argument) < 0 ? errno : 0;
        verdict.in_call = std::chrono::steady_clock::now() - begin;
    }
    place_.stop();
    ranges_.stop();

    if (!prediction.results.contains(verdict.result))
        verdict.faults.push_back(name_of(verdict.result) + " in place of " + names_of(prediction.results));
    if (verdict.result != 0) {
        if (contract::next_fd() != next)
            verdict.faults.emplace_back("a descriptor is left");
        // What was copied before a page was met that is not there stays; what is late may be so still.
        const bool unchanged = verdict.result == EFAULT || call.place == Where::late || call.swap != 0 ||
                               std::ranges::equal(place_.bytes(data.size()),
                                                  std::span(data).first(place_.bytes(data.size()).size()));
        if (!unchanged)
            verdict.faults.emplace_back("the failed call wrote to the struct");
        return verdict;
    }
    // The lowest one that was free, whether the call told it or not.
    const UniqueFd dmabuf(next);
    const auto after = place_.bytes(data.size());
    const std::uint64_t out = (call.direction & _IOC_READ) != 0 ? call.size : 0;
    if (out >= offset_of_fd(call) + sizeof(std::uint32_t) &&
        at<std::uint32_t>(after, offset_of_fd(call)) != static_cast<std::uint32_t>(next))
        verdict.faults.push_back("the call gave the descriptor " +
                                 std::to_string(at<std::uint32_t>(after, offset_of_fd(call))) + ", not " +
                                 std::to_string(next));
    std::ranges::move(faults_of_buffer(dmabuf.get(), fd_flags_seen(call, data), prediction),
                      std::back_inserter(verdict.faults));
    if (call.swap == 0 && !struct_is_right(after, data, call, next, prediction))
        verdict.faults.emplace_back("the call wrote to the struct what it should not, or not what it should");
    return verdict;
}

Verdict Executor::run_killed(const Call& call, const std::vector<std::byte>& data)
{
    const bool at_ranges = call.ranges_place == Where::late;
    const std::vector<std::byte> ranges =
        at_ranges ? ranges_.readable(ranges_room) : std::vector<std::byte>();
    Verdict verdict{.result = EINTR};
    const auto before = contract::count_dmabufs();
    hostile::StalledCall stalled(
        heap(call.heap).fd.get(), call.command(), data,
        call.place == Where::read_only ? hostile::StalledMemory::On::write : hostile::StalledMemory::On::read,
        ranges);
    if (!stalled.stalls()) {
        // Where something is wrong, nothing is written that the call could wait with.
        const Prediction prediction = predict({call, place_, ranges_, files_, heap(call.heap).can_read});
        if (call.place == Where::read_only && prediction.results != std::set{EFAULT})
            return {.left_out = "a call that ended before it could be killed"};
        verdict.faults.emplace_back("the call did not wait for its caller's memory");
    }
    stalled.child().signal(SIGKILL);
    const auto status = stalled.child().wait();
    if (!status || !WIFSIGNALED(*status))
        verdict.faults.emplace_back("the call could not be killed");
    if (!contract::eventually([&] { return contract::count_dmabufs() == before; }))
        verdict.faults.emplace_back("a dma-buf is left");
    return verdict;
}

}  // namespace fuzz
