// SPDX-License-Identifier: Apache-2.0
#include "faulted_call.hpp"

#include <cerrno>
#include <charconv>
#include <string_view>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace faults {

NthFault::NthFault() : file_(contract::open_file("/proc/thread-self/fail-nth", O_RDWR)) {}

Faulted NthFault::call(unsigned int n, int fd, unsigned long command, void* argument) const
{
    char text[16];
    char* const end = std::to_chars(text, std::end(text), n).ptr;
    char left[16] = {};
    if (::pwrite(file_.get(), text, static_cast<std::size_t>(end - text), 0) < 0)
        contract::throw_errno("write fail-nth");
    const int result = ::ioctl(fd, command, argument);
    const int error = result < 0 ? errno : 0;
    // Reading copies to the caller, and so may itself be the n-th step: EFAULT then, as none was before.
    const ssize_t count = ::pread(file_.get(), left, sizeof(left), 0);
    forget();
    return {contract::Errno{error}, count > 0 && std::string_view(left).starts_with("0")};
}

void NthFault::forget() const
{
    // So may writing; the second time it is not.
    if (::pwrite(file_.get(), "0", 1, 0) < 0 && ::pwrite(file_.get(), "0", 1, 0) < 0)
        contract::throw_errno("write fail-nth");
}

}  // namespace faults
