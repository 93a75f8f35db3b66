// SPDX-License-Identifier: Apache-2.0
#include "advice.hpp"

#include <cerrno>

namespace dmaload {

std::string common_advice(int code)
{
    switch (code) {
    case EMFILE:
        return "This process has too many open files; close some or raise the limit (ulimit -n).";
    case ENFILE:
        return "The system has too many open files; raise fs.file-max.";
    case ENOMEM:
        return "Free some memory, or load a smaller file.";
    case EIO:
        return "The storage reported an error; the kernel log (dmesg) says more.";
    case EINTR:
        return "A signal ended the call; try again.";
    case ENOSYS:
        return "This kernel does not have the call.";
    default:
        return {};
    }
}

}  // namespace dmaload
