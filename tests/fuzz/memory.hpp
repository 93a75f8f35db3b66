// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the struct and the ranges of a call lie: right places and wrong ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "call.hpp"
#include "support/compat.hpp"
#include "support/stalled_memory.hpp"

namespace fuzz {

/// Memory that another thread takes away and puts back, again and again, with
/// what is in it.
class VanishingMemory {
public:
    explicit VanishingMemory(std::size_t size);
    VanishingMemory(const VanishingMemory&) = delete;
    VanishingMemory& operator=(const VanishingMemory&) = delete;
    ~VanishingMemory();

    [[nodiscard]] std::byte* address() const { return pages_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void start();
    /// Afterwards it is there.
    void stop();

private:
    void map(bool there) const;

    std::size_t size_;
    contract::UniqueFd memory_;
    std::byte* pages_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

/// Memory that arrives a little late.
class LateMemory {
public:
    LateMemory(std::span<const std::byte> content, hostile::StalledMemory::On on);
    LateMemory(const LateMemory&) = delete;
    LateMemory& operator=(const LateMemory&) = delete;
    ~LateMemory() { stop(); }

    [[nodiscard]] std::byte* address() const { return memory_.address(); }
    void start();
    void stop();

private:
    hostile::StalledMemory memory_;
    contract::UniqueFd stop_;  ///< can be read from when it is over
    std::thread thread_;
};

/// What is at an address of this process, whoever has put it there: \p size
/// bytes, or as many as are mapped.
std::vector<std::byte> mapped_at(std::uint64_t address, std::size_t size);

/// A place for one thing at a time that is passed to the kernel by a pointer.
class Arena {
public:
    explicit Arena(std::size_t size) : pages_(size) {}

    /// Puts the first \p size of \p bytes there. What is behind them is zero,
    /// where there is memory.
    void put(Where where, std::span<const std::byte> bytes, std::size_t size);
    /// What disturbs the call, if anything does, begins and ends.
    void start();
    void stop();

    [[nodiscard]] std::uint64_t address() const { return address_; }
    /// What the kernel can read, from the address on; empty where it cannot.
    [[nodiscard]] std::vector<std::byte> readable(std::size_t most) const;
    [[nodiscard]] bool can_be_written(std::size_t size) const;
    /// What is there now; nothing where nobody can look. Of what arrives late:
    /// only after the kernel has had it.
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t most) const;
    /// It may or may not be there when the kernel looks.
    [[nodiscard]] bool vanishes() const { return vanishing_ != nullptr; }

private:
    hostile::LowPages pages_;
    std::span<std::byte> used_{};  ///< the part of the pages that may not be zero
    Where where_ = Where::good;
    std::uint64_t address_ = 0;
    std::span<const std::byte> there_{};
    std::vector<std::byte> content_;  ///< of what arrives late: not to be touched before the call
    std::unique_ptr<VanishingMemory> vanishing_;
    std::unique_ptr<LateMemory> late_;
};

}  // namespace fuzz
