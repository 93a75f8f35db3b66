// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ownership of a file descriptor.
#pragma once

#include <utility>

namespace dmaload {

/// Owns one file descriptor and closes it exactly once. Move-only.
class UniqueFd {
public:
    UniqueFd() = default;
    /// Takes ownership of \p fd; a negative value means "none".
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept
    {
        if (this != &other)
            reset(std::exchange(other.fd_, -1));
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    /// Gives the descriptor to the caller, who must close it.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    /// Closes what is owned and takes \p fd instead.
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

}  // namespace dmaload
