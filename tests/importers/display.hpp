// SPDX-License-Identifier: Apache-2.0
/// \file
/// A display that computes checksums of what it shows (vkms): proof that a
/// driver has read every byte of a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "drm_device.hpp"

namespace importers {

class Display {
public:
    // Two bytes a pixel, all bits of which are shown. Several chunks of a heap, but few pixels: an emulated
    // CPU needs microseconds for each.
    static constexpr std::uint32_t width = 256;
    static constexpr std::uint32_t height = 255;
    static constexpr std::uint32_t row_bytes = 2 * width;
    static constexpr std::uint64_t frame_bytes = std::uint64_t{row_bytes} * height;

    static contract::Available<Display> find();

    [[nodiscard]] const DrmDevice& device() const { return device_; }
    /// Shows the buffer's first frame_bytes; their checksum, as the display computes it.
    [[nodiscard]] std::uint32_t checksum(const BufferObject& object) const;

private:
    explicit Display(DrmDevice device);

    /// \p framebuffer: 0 turns the display off.
    void show(std::uint32_t framebuffer) const;
    [[nodiscard]] std::uint32_t next_checksum() const;

    DrmDevice device_;
    std::uint32_t crtc_ = 0;
    std::uint32_t connector_ = 0;
    std::string crc_folder_;
};

/// A buffer of the display's own ("dumb", as DRM calls it), as large as one frame.
class DumbBuffer {
public:
    explicit DumbBuffer(const Display& display);
    DumbBuffer(const DumbBuffer&) = delete;
    DumbBuffer& operator=(const DumbBuffer&) = delete;
    ~DumbBuffer();

    [[nodiscard]] std::span<std::byte> bytes() const { return {address_, Display::frame_bytes}; }
    [[nodiscard]] const BufferObject& object() const { return object_; }

private:
    std::byte* address_ = nullptr;
    BufferObject object_;
};

}  // namespace importers
