// SPDX-License-Identifier: Apache-2.0
/// \file
/// Gives memory its pages while their user is busy with those that are there.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace dmaload {

/// Memory in pieces that are populated from the first to the last by threads
/// of its own, and by the caller where they are not fast enough.
class Prefaulter {
public:
    /// Up to \p helpers threads begin at once. One of them calls \p afterwards
    /// when all pieces are there; without helpers nobody does. The memory must
    /// outlive this object.
    Prefaulter(std::span<std::byte> memory, std::size_t piece, unsigned helpers,
               std::function<void()> afterwards);
    /// Leaves undone what has not been begun.
    ~Prefaulter();
    Prefaulter(const Prefaulter&) = delete;
    Prefaulter& operator=(const Prefaulter&) = delete;

    [[nodiscard]] std::size_t pieces() const noexcept { return done_.size(); }
    [[nodiscard]] std::span<std::byte> piece(std::size_t index) const noexcept;
    /// Returns when this piece is there.
    void need(std::size_t index);
    /// Whether there are threads that call `afterwards`.
    [[nodiscard]] bool has_helpers() const noexcept { return !helpers_.empty(); }
    /// Returns when `afterwards` has returned. Only after all pieces were needed.
    void join();

private:
    [[nodiscard]] bool populate_next();

    std::span<std::byte> memory_;
    std::size_t piece_;
    std::function<void()> afterwards_;
    std::vector<std::atomic<bool>> done_;
    std::atomic<std::size_t> next_ = 0;  ///< the first piece that nobody has begun
    std::vector<std::jthread> helpers_;
};

}  // namespace dmaload
