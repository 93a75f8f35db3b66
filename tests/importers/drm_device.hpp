// SPDX-License-Identifier: Apache-2.0
/// \file
/// A device of DRM as an importer of dma-bufs: what the driver of a GPU or a
/// display does with one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "support/block.hpp"
#include "support/system.hpp"

namespace importers {

/// One opening of a device's primary node. Each has handles of its own.
class DrmDevice {
public:
    /// The first device with that driver, or why there is none.
    static contract::Available<DrmDevice> of_driver(const std::string& driver);

    /// An ioctl that has to succeed; throws where it does not.
    void call(unsigned long command, void* argument, const char* name) const;
    /// Maps what the device has at \p offset; throws as well.
    [[nodiscard]] std::byte* map(std::size_t size, std::uint64_t offset) const;
    /// The number in its name: 0 for /dev/dri/card0.
    [[nodiscard]] unsigned int number() const { return number_; }

private:
    DrmDevice(contract::UniqueFd node, unsigned int number) : node_(std::move(node)), number_(number) {}

    contract::UniqueFd node_;
    unsigned int number_;
};

/// A buffer object of a device, known by a handle; let go of in the end.
class BufferObject {
public:
    /// Imports: the driver attaches to the dma-buf and maps it for its device.
    /// The device has to outlive the object.
    static BufferObject imported(const DrmDevice& device, int dmabuf);
    /// Takes a handle that the device has given.
    BufferObject(const DrmDevice& device, std::uint32_t handle) : device_(&device), handle_(handle) {}
    BufferObject(BufferObject&& other) noexcept : device_(other.device_), handle_(other.handle_)
    {
        other.handle_ = 0;
    }
    BufferObject& operator=(BufferObject&&) = delete;
    ~BufferObject();

    [[nodiscard]] std::uint32_t handle() const { return handle_; }
    /// Leaves it to the closing of the device to let go of it.
    void forget() { handle_ = 0; }
    /// A dma-buf again.
    [[nodiscard]] contract::UniqueFd exported() const;

private:
    const DrmDevice* device_;
    std::uint32_t handle_;
};

}  // namespace importers
