// SPDX-License-Identifier: Apache-2.0
#include "support/compat.hpp"

#include <cerrno>
#include <cstdint>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/content.hpp"
#include "support/process.hpp"

namespace hostile {
namespace {

#ifdef __x86_64__
/// The number and the arguments are those of i386.
int call_32(unsigned int number, unsigned int first, unsigned int second, unsigned int third)
{
    int result = 0;  // NOLINT(misc-const-correctness): the call writes it
    // Older kernels clear r8 to r11 here.
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "0"(number), "b"(first), "c"(second), "d"(third)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    return result;
}
#else
int call_32(unsigned int, unsigned int, unsigned int, unsigned int)
{
    return -ENOSYS;
}
#endif

constexpr unsigned int i386_getpid = 20;
constexpr unsigned int i386_ioctl = 54;

}  // namespace

bool has_compat()
{
    static const bool has = [] {
        contract::Child child([] { return call_32(i386_getpid, 0, 0, 0) == ::getpid() ? 0 : 1; });
        const auto status = child.wait();
        return status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
    }();
    return has;
}

Errno compat_ioctl(int fd, unsigned long command, const void* argument)
{
    const auto address = reinterpret_cast<std::uintptr_t>(argument);
    if (address > UINT32_MAX)
        throw std::invalid_argument("a 32-bit call cannot name that address");
    const int result = call_32(i386_ioctl, static_cast<unsigned int>(fd), static_cast<unsigned int>(command),
                               static_cast<unsigned int>(address));
    return Errno{result < 0 ? -result : 0};
}

LowPages::LowPages(std::size_t size)
    : size_(contract::round_up(size, contract::page_size())),
      pages_(static_cast<std::byte*>(::mmap(nullptr, size_ + contract::page_size(), PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)))
{
    if (pages_ == MAP_FAILED)
        contract::throw_errno("mmap");
    if (::mprotect(end(), contract::page_size(), PROT_NONE) != 0)
        contract::throw_errno("mprotect");
}

LowPages::~LowPages()
{
    ::munmap(pages_, size_ + contract::page_size());
}

void LowPages::protect(int protection) const
{
    if (::mprotect(pages_, size_, protection) != 0)
        contract::throw_errno("mprotect");
}

}  // namespace hostile
