// SPDX-License-Identifier: Apache-2.0
#include "attachments.hpp"

#include <cstdint>
#include <sstream>
#include <stdexcept>

#include <sys/stat.h>

#include "support/system.hpp"

namespace importers {
namespace {

std::uint64_t inode_of(int dmabuf)
{
    struct stat status{};
    if (::fstat(dmabuf, &status) != 0)
        contract::throw_errno("fstat of a dma-buf");
    return status.st_ino;
}

/// Whether a line begins the entry of a buffer: size, flags, mode, count, exporter, inode, name, by tabs.
bool is_entry_of(const std::string& line, std::uint64_t inode)
{
    std::istringstream fields(line);
    std::string field;
    for (int number = 0; number < 6; ++number)
        if (!std::getline(fields, field, '\t'))
            return false;
    return field.find_first_not_of("0123456789") == std::string::npos && std::stoull(field) == inode;
}

}  // namespace

std::vector<std::string> attached_devices(int dmabuf)
{
    const std::uint64_t inode = inode_of(dmabuf);
    std::istringstream lines(contract::read_text("/sys/kernel/debug/dma_buf/bufinfo"));
    std::string line;
    while (std::getline(lines, line))
        if (is_entry_of(line, inode))
            break;
    while (std::getline(lines, line) && line != "\tAttached Devices:") {
    }
    if (!lines)
        throw std::runtime_error("debugfs does not list the dma-buf");
    std::vector<std::string> devices;
    while (std::getline(lines, line) && line.starts_with('\t'))
        devices.push_back(line.substr(1));
    return devices;
}

}  // namespace importers
