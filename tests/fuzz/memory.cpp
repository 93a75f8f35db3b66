// SPDX-License-Identifier: Apache-2.0
#include "memory.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/content.hpp"
#include "support/system.hpp"

namespace fuzz {
namespace {

// Long enough that the kernel waits.
constexpr std::chrono::microseconds delay(500);
constexpr std::size_t unaligned_by = 3;

constexpr std::uint64_t nowhere = 0x1000;  // below what anybody may map
constexpr std::uint64_t of_the_kernel = 0xffff888000000000;
constexpr std::uint64_t of_nobody = 0x8000000000000000;

}  // namespace

VanishingMemory::VanishingMemory(std::size_t size)
    : size_(contract::round_up(std::max<std::size_t>(size, 1), contract::page_size())),
      memory_(::memfd_create("vanishing", MFD_CLOEXEC)),
      pages_(static_cast<std::byte*>(MAP_FAILED))
{
    if (!memory_ || ::ftruncate(memory_.get(), static_cast<off_t>(size_)) != 0)
        contract::throw_errno("memfd_create");
    pages_ = static_cast<std::byte*>(
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_32BIT, memory_.get(), 0));
    if (pages_ == MAP_FAILED)
        contract::throw_errno("mmap");
}

VanishingMemory::~VanishingMemory()
{
    stop();
    ::munmap(pages_, size_);
}

/// Replaced at one stroke: somebody else's mapping could take a hole.
void VanishingMemory::map(bool there) const
{
    const void* const mapped =
        there ? ::mmap(pages_, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory_.get(), 0)
              : ::mmap(pages_, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (mapped == MAP_FAILED)
        contract::throw_errno("mmap of memory that vanishes");
}

void VanishingMemory::start()
{
    thread_ = std::thread([this] {
        for (bool there = false; !stop_; there = !there)
            map(there);
    });
}

void VanishingMemory::stop()
{
    stop_ = true;
    if (thread_.joinable())
        thread_.join();
    map(true);
}

LateMemory::LateMemory(std::span<const std::byte> content, hostile::StalledMemory::On on)
    : memory_(content, on), stop_(::eventfd(0, EFD_CLOEXEC))
{
    if (!stop_)
        contract::throw_errno("eventfd");
}

void LateMemory::start()
{
    thread_ = std::thread([this] {
        pollfd events[] = {{.fd = memory_.descriptor(), .events = POLLIN, .revents = 0},
                           {.fd = stop_.get(), .events = POLLIN, .revents = 0}};
        while (::poll(events, 2, -1) > 0 && events[1].revents == 0) {
            std::this_thread::sleep_for(delay);
            memory_.answer();
        }
    });
}

void LateMemory::stop()
{
    if (!thread_.joinable())
        return;
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

std::vector<std::byte> mapped_at(std::uint64_t address, std::size_t size)
{
    // The kernel finds out, as it does for the calls.
    const contract::UniqueFd copy(::memfd_create("copy", MFD_CLOEXEC));
    if (!copy)
        contract::throw_errno("memfd_create");
    const auto* const at =
        reinterpret_cast<const void*>(address);  // NOLINT(performance-no-int-to-ptr): any number
    const ssize_t count = ::pwrite(copy.get(), at, size, 0);
    std::vector<std::byte> bytes(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (::pread(copy.get(), bytes.data(), bytes.size(), 0) != std::ssize(bytes))
        contract::throw_errno("pread of a memfd");
    return bytes;
}

void Arena::put(Where where, std::span<const std::byte> bytes, std::size_t size)
{
    stop();
    vanishing_.reset();
    late_.reset();
    where_ = where;
    there_ = {};
    content_.clear();
    std::ranges::fill(used_, std::byte{});
    used_ = {};

    const std::span part = bytes.first(std::min(bytes.size(), size));
    switch (where) {
    case Where::null:
        address_ = 0;
        return;
    case Where::unmapped:
        address_ = nowhere;
        return;
    case Where::kernel:
        address_ = of_the_kernel;
        return;
    case Where::noncanonical:
        address_ = of_nobody;
        return;
    case Where::vanishing:
        vanishing_ = std::make_unique<VanishingMemory>(std::max(size, bytes.size()));
        std::ranges::copy(bytes, vanishing_->address());
        address_ = reinterpret_cast<std::uintptr_t>(vanishing_->address());
        there_ = {vanishing_->address(), vanishing_->size()};
        return;
    case Where::late:
        content_.assign(bytes.begin(), bytes.end());
        content_.resize(
            contract::round_up(std::max({size, bytes.size(), std::size_t{1}}), contract::page_size()));
        late_ = std::make_unique<LateMemory>(content_, hostile::StalledMemory::On::read);
        address_ = reinterpret_cast<std::uintptr_t>(late_->address());
        return;
    case Where::edge:
    case Where::cut: {
        std::byte* const at = pages_.end() - size + (where == Where::cut && size != 0 ? 1 : 0);
        std::copy_n(part.begin(), std::min<std::ptrdiff_t>(std::ssize(part), pages_.end() - at), at);
        used_ = {at, pages_.end()};
        there_ = used_;
        break;
    }
    case Where::good:
    case Where::unaligned:
    case Where::read_only: {
        std::byte* const at = pages_.begin() + (where == Where::unaligned ? unaligned_by : 0);
        std::ranges::copy(bytes, at);
        used_ = {at, bytes.size()};
        there_ = {at, pages_.end()};
        break;
    }
    }
    address_ = reinterpret_cast<std::uintptr_t>(there_.data());
    if (where == Where::read_only)
        pages_.protect(PROT_READ);
}

void Arena::start()
{
    if (vanishing_)
        vanishing_->start();
    if (late_)
        late_->start();
}

void Arena::stop()
{
    if (vanishing_)
        vanishing_->stop();
    if (late_)
        late_->stop();
    if (where_ == Where::read_only)
        pages_.protect(PROT_READ | PROT_WRITE);
}

std::vector<std::byte> Arena::readable(std::size_t most) const
{
    if (late_)
        return {content_.begin(),
                content_.begin() + static_cast<std::ptrdiff_t>(std::min(most, content_.size()))};
    const auto part = there_.first(std::min(most, there_.size()));
    return {part.begin(), part.end()};
}

bool Arena::can_be_written(std::size_t size) const
{
    if (where_ == Where::read_only)
        return size == 0;
    return size <= (late_ ? content_.size() : there_.size());
}

std::span<const std::byte> Arena::bytes(std::size_t most) const
{
    if (late_)
        return std::span<const std::byte>(late_->address(), std::min(most, content_.size()));
    return there_.first(std::min(most, there_.size()));
}

}  // namespace fuzz
