// SPDX-License-Identifier: Apache-2.0
/// \file
/// Loop devices, filesystems on them, and where a file lies on its device.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "support/system.hpp"

namespace contract {

/// Why something cannot be had here: what GTEST_SKIP shall say.
template <class T>
using Available = std::expected<T, std::string>;

/// A loop device over a file; taken apart in the end.
class LoopDevice {
public:
    static Available<LoopDevice> over(const std::string& file, std::uint32_t logical_block = 512);

    LoopDevice(LoopDevice&&) = default;
    LoopDevice& operator=(LoopDevice&&) = delete;
    ~LoopDevice();

    /// /dev/loopN
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    LoopDevice(std::string path, UniqueFd device) : path_(std::move(path)), device_(std::move(device)) {}

    std::string path_;
    UniqueFd device_;
};

/// A new folder (or empty file), removed in the end.
class MountPoint {
public:
    enum class Kind { folder, file };
    explicit MountPoint(Kind kind = Kind::folder);
    MountPoint(const MountPoint&) = delete;
    MountPoint& operator=(const MountPoint&) = delete;
    ~MountPoint();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Something mounted on a mount point of its own; unmounted in the end.
class Mount {
public:
    static Available<Mount> of(const std::string& source, const std::string& filesystem,
                               const std::string& options = {}, unsigned long flags = 0,
                               MountPoint::Kind kind = MountPoint::Kind::folder);

    Mount(Mount&&) = default;
    Mount& operator=(Mount&&) = delete;
    ~Mount();

    [[nodiscard]] const std::string& path() const { return point_->path(); }

private:
    explicit Mount(std::unique_ptr<MountPoint> point) : point_(std::move(point)) {}

    std::unique_ptr<MountPoint> point_;
};

/// A memory-backed image file of that size.
class Image {
public:
    explicit Image(std::uint64_t size);
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    ~Image();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// The byte of the device at which a file's block that holds byte \p offset
/// begins; nothing where the block is not one of the device's own (inline in
/// the inode, not allocated, encoded).
std::optional<std::uint64_t> device_offset(const std::string& file, std::uint64_t offset,
                                           std::uint64_t block);

/// Sectors of 512 bytes that the device (its kernel name, vda) has read.
std::uint64_t sectors_read(const std::string& name);

}  // namespace contract
