// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernel's fault injectors: which failures a call can be given, and which
/// of them it met.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace faults {

/// What fails: an allocation of a kernel object, one of pages, a copy from or
/// to the caller, a request to the disk.
enum class Kind : std::size_t { slab, page, usercopy, request };
inline constexpr std::array kinds{Kind::slab, Kind::page, Kind::usercopy, Kind::request};
using Counts = std::array<long, kinds.size()>;

const char* name_of(Kind kind);

/// Sets the injectors such that a thread that has asked for its n-th fault
/// (/proc/thread-self/fail-nth) gets one of a kind. By default they leave out
/// just what the calls do: memory for user space, allocations that may wait,
/// single pages, and all block devices. Copies from and to the caller have no
/// filter, they are met beside any other kind. Everything is as before in the
/// end.
class Injectors {
public:
    static bool exist();

    /// \p disk: the kernel's name of the block device whose requests may fail.
    Injectors(Kind kind, const std::string& disk);
    Injectors(const Injectors&) = delete;
    Injectors& operator=(const Injectors&) = delete;
    ~Injectors();

    /// How many faults of each kind there were since this was made.
    [[nodiscard]] Counts injected() const;

private:
    void set(const std::string& path, const std::string& text);

    std::vector<std::pair<std::string, std::string>> before_;
};

}  // namespace faults
