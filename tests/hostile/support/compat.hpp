// SPDX-License-Identifier: Apache-2.0
/// \file
/// System calls as a 32-bit process makes them.
#pragma once

#include <cstddef>

#include "support/system.hpp"

namespace hostile {

using contract::Errno;

/// Whether the kernel takes 32-bit calls (CONFIG_IA32_EMULATION). Where it
/// does not, making one is a segmentation fault.
bool has_compat();

/// ioctl(2) by the 32-bit entry: this process stays a 64-bit one, the kernel
/// takes the call for one of a 32-bit process. \p argument is below 4 GB.
Errno compat_ioctl(int fd, unsigned long command, const void* argument);

/// Pages below 2 GB, which 32-bit calls can name, with nothing mapped behind them.
class LowPages {
public:
    explicit LowPages(std::size_t size);
    LowPages(const LowPages&) = delete;
    LowPages& operator=(const LowPages&) = delete;
    ~LowPages();

    [[nodiscard]] std::byte* begin() const { return pages_; }
    [[nodiscard]] std::byte* end() const { return pages_ + size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void protect(int protection) const;

private:
    std::size_t size_;
    std::byte* pages_;
};

}  // namespace hostile
