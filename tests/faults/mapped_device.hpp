// SPDX-License-Identifier: Apache-2.0
/// \file
/// A block device of the device mapper: what its parts do is said by a table,
/// and can be changed while it is used.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linux/dm-ioctl.h>

#include "support/system.hpp"

namespace faults {

/// In what the device mapper counts.
inline constexpr std::uint64_t sector = 512;

/// What a part of a device does with requests; see the kernel's
/// Documentation/admin-guide/device-mapper.
struct Target {
    std::uint64_t sectors = 0;
    std::string type;
    std::string parameters{};
};
/// One behind the other, from the device's first sector on.
using Table = std::vector<Target>;

/// Made and removed by bare ioctls: neither dmsetup nor udev is needed.
class MappedDevice {
public:
    MappedDevice(std::string name, const Table& table);
    MappedDevice(const MappedDevice&) = delete;
    MappedDevice& operator=(const MappedDevice&) = delete;
    ~MappedDevice();

    [[nodiscard]] std::string path() const { return "/dev/" + kernel_name_; }

    /// Another table from now on. Requests that are under way end by the old one.
    void replace(const Table& table) const;
    /// Requests from now on wait for the next replace(), but for those that read ahead: they fail.
    void suspend() const;
    /// What the first part of the device says of itself.
    [[nodiscard]] std::string status() const;

private:
    explicit MappedDevice(std::string name);

    [[nodiscard]] contract::Errno try_request(unsigned long command, dm_ioctl& header,
                                              std::span<std::byte> targets) const;
    /// \p targets are sent, and overwritten by those of the answer.
    dm_ioctl request(unsigned long command, std::uint32_t flags = 0, std::span<std::byte> targets = {},
                     std::size_t count = 0) const;

    std::string name_;
    contract::UniqueFd control_;
    std::string kernel_name_;
};

}  // namespace faults
