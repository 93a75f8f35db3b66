// SPDX-License-Identifier: Apache-2.0
#include "mapped_device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "support/content.hpp"

namespace faults {
namespace {

// Not even a filesystem on it is asked to be quiet: a disk that breaks does not ask either.
constexpr std::uint32_t at_once = DM_SKIP_LOCKFS_FLAG | DM_NOFLUSH_FLAG;

/// A table as DM_TABLE_LOAD wants it: each target with its parameters behind it.
std::vector<std::byte> packed(const Table& table)
{
    std::vector<std::byte> bytes;
    std::uint64_t start = 0;
    for (const Target& target : table) {
        const std::size_t length = contract::round_up(sizeof(dm_target_spec) + target.parameters.size() + 1,
                                                      alignof(dm_target_spec));
        dm_target_spec spec{};
        spec.sector_start = start;
        spec.length = target.sectors;
        spec.next = static_cast<std::uint32_t>(length);
        target.type.copy(spec.target_type, sizeof(spec.target_type) - 1);
        const std::size_t offset = bytes.size();
        bytes.resize(offset + length);
        std::memcpy(&bytes[offset], &spec, sizeof(spec));
        std::memcpy(&bytes[offset + sizeof(spec)], target.parameters.data(), target.parameters.size());
        start += target.sectors;
    }
    return bytes;
}

}  // namespace

MappedDevice::MappedDevice(std::string name)
    : name_(std::move(name)), control_(contract::open_file("/dev/mapper/control", O_RDWR))
{
    kernel_name_ = "dm-" + std::to_string(minor(request(DM_DEV_CREATE).dev));
}

MappedDevice::MappedDevice(std::string name, const Table& table) : MappedDevice(std::move(name))
{
    replace(table);
}

MappedDevice::~MappedDevice()
{
    // Whoever had it mounted may be a moment behind.
    const bool removed = contract::eventually([this] {
        dm_ioctl header{};
        return try_request(DM_DEV_REMOVE, header, {}) == contract::Errno{};
    });
    EXPECT_TRUE(removed) << kernel_name_ << " is still in use";
}

void MappedDevice::replace(const Table& table) const
{
    std::vector<std::byte> targets = packed(table);
    request(DM_TABLE_LOAD, 0, targets, table.size());
    request(DM_DEV_SUSPEND,
            at_once);  // without DM_SUSPEND_FLAG: takes the table that was loaded, and goes on
}

void MappedDevice::suspend() const
{
    request(DM_DEV_SUSPEND, DM_SUSPEND_FLAG | at_once);
}

std::string MappedDevice::status() const
{
    constexpr std::size_t longest = 256;
    std::vector<std::byte> targets(sizeof(dm_target_spec) + longest);
    request(DM_TABLE_STATUS, DM_NOFLUSH_FLAG, targets);
    const auto* const text = reinterpret_cast<const char*>(targets.data()) + sizeof(dm_target_spec);
    return {text, ::strnlen(text, longest)};
}

contract::Errno MappedDevice::try_request(unsigned long command, dm_ioctl& header,
                                          std::span<std::byte> targets) const
{
    std::vector<std::byte> buffer(sizeof(header) + targets.size());
    header.version[0] = DM_VERSION_MAJOR;  // and no minor version: nothing new is needed
    header.data_size = static_cast<std::uint32_t>(buffer.size());
    header.data_start = sizeof(header);
    name_.copy(header.name, sizeof(header.name) - 1);
    std::memcpy(buffer.data(), &header, sizeof(header));
    std::ranges::copy(targets, buffer.begin() + sizeof(header));
    if (::ioctl(control_.get(), command, buffer.data()) < 0)
        return {errno};
    std::memcpy(&header, buffer.data(), sizeof(header));
    std::copy_n(buffer.begin() + sizeof(header), targets.size(), targets.begin());
    return {};
}

dm_ioctl MappedDevice::request(unsigned long command, std::uint32_t flags, std::span<std::byte> targets,
                               std::size_t count) const
{
    dm_ioctl header{};
    header.flags = flags;
    header.target_count = static_cast<std::uint32_t>(count);
    if (const contract::Errno error = try_request(command, header, targets); error.value != 0) {
        errno = error.value;
        contract::throw_errno("device mapper, request " + std::to_string(_IOC_NR(command)) + " for " + name_);
    }
    return header;
}

}  // namespace faults
