// SPDX-License-Identifier: Apache-2.0
/// \file
/// Random numbers that are the same on every machine and with every library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fuzz {

/// SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t value = state_;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
    /// 0 to \p count - 1.
    std::uint64_t below(std::uint64_t count) { return count != 0 ? next() % count : 0; }
    /// True once in \p count.
    bool one_in(std::uint64_t count) { return below(count) == 0; }
    /// One of the elements of what has some.
    template <class Container>
    const auto& pick(const Container& from)
    {
        return from[static_cast<std::size_t>(below(std::size(from)))];
    }

private:
    std::uint64_t state_;
};

}  // namespace fuzz
