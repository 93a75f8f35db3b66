// SPDX-License-Identifier: Apache-2.0
#include "kernel_log.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace contract {

KernelLog::KernelLog(Since since) : fd_(open_file("/dev/kmsg", O_RDONLY | O_NONBLOCK))
{
    if (since == Since::now && ::lseek(fd_.get(), 0, SEEK_END) < 0)
        throw_errno("lseek /dev/kmsg");
}

std::string KernelLog::text() const
{
    std::string lines;
    char bytes[8192];
    for (;;) {
        const ssize_t count = ::read(fd_.get(), bytes, sizeof(bytes));
        if (count < 0 && errno == EPIPE)
            continue;  // overwritten before it could be read
        if (count <= 0)
            return lines;
        // "priority,number,time,flags;message", and lines that name a device.
        const std::string record(bytes, static_cast<std::size_t>(count));
        const std::size_t begin = record.find(';') + 1;
        lines += record.substr(begin, record.find('\n', begin) - begin) + '\n';
    }
}

}  // namespace contract
