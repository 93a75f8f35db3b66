// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory of which the kernel may be kept from reading or writing.
#pragma once

#include <cstddef>
#include <cstring>

#include <sys/mman.h>

#include "support/content.hpp"
#include "support/system.hpp"

namespace contract {

/// One page with nothing mapped behind it.
class ProtectedPage {
public:
    ProtectedPage()
        : pages_(static_cast<std::byte*>(
              ::mmap(nullptr, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
    {
        if (pages_ == MAP_FAILED)
            throw_errno("mmap");
        if (::mprotect(pages_ + page_size(), page_size(), PROT_NONE) != 0)
            throw_errno("mprotect");
    }
    ProtectedPage(const ProtectedPage&) = delete;
    ProtectedPage& operator=(const ProtectedPage&) = delete;
    ~ProtectedPage() { ::munmap(pages_, 2 * page_size()); }

    /// Copies what is to be there to the page's beginning.
    void hold(const void* bytes, std::size_t size) const { std::memcpy(pages_, bytes, size); }
    void protect(int protection) const
    {
        if (::mprotect(pages_, page_size(), protection) != 0)
            throw_errno("mprotect");
    }
    [[nodiscard]] std::byte* address() const { return pages_; }
    [[nodiscard]] std::byte* end() const { return pages_ + page_size(); }

private:
    std::byte* pages_;
};

}  // namespace contract
