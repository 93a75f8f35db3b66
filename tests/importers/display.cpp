// SPDX-License-Identifier: Apache-2.0
#include "display.hpp"

#include <array>
#include <stdexcept>

#include <fcntl.h>
#include <libdrm/drm.h>
#include <libdrm/drm_fourcc.h>
#include <libdrm/drm_mode.h>
#include <sys/mman.h>
#include <unistd.h>

namespace importers {
namespace {

/// Few, as it takes a while to compute the checksum of one.
constexpr std::uint32_t frames_per_second = 8;

drm_mode_modeinfo slow_mode()
{
    constexpr std::uint16_t blank = 32;  // each of three parts of what is not shown
    drm_mode_modeinfo mode{};
    mode.hdisplay = Display::width;
    mode.hsync_start = Display::width + blank;
    mode.hsync_end = Display::width + 2 * blank;
    mode.htotal = Display::width + 3 * blank;
    mode.vdisplay = Display::height;
    mode.vsync_start = Display::height + blank;
    mode.vsync_end = Display::height + 2 * blank;
    mode.vtotal = Display::height + 3 * blank;
    mode.clock = mode.htotal * mode.vtotal * frames_per_second / 1000U;  // in kHz
    mode.vrefresh = frames_per_second;
    return mode;
}

std::uintptr_t address_of(const void* object)
{
    return reinterpret_cast<std::uintptr_t>(object);
}

BufferObject make_dumb(const DrmDevice& device)
{
    drm_mode_create_dumb create{};
    create.width = Display::width;
    create.height = Display::height;
    create.bpp = 16;
    device.call(DRM_IOCTL_MODE_CREATE_DUMB, &create, "DRM_IOCTL_MODE_CREATE_DUMB");
    if (create.pitch != Display::row_bytes)
        throw std::runtime_error("the display wants rows of " + std::to_string(create.pitch) + " bytes");
    return {device, create.handle};
}

/// An image in a buffer object.
class Framebuffer {
public:
    Framebuffer(const DrmDevice& device, const BufferObject& object) : device_(device)
    {
        drm_mode_fb_cmd2 add{};
        add.width = Display::width;
        add.height = Display::height;
        add.pixel_format = DRM_FORMAT_RGB565;
        add.handles[0] = object.handle();
        add.pitches[0] = Display::row_bytes;
        device_.call(DRM_IOCTL_MODE_ADDFB2, &add, "DRM_IOCTL_MODE_ADDFB2");
        id_ = add.fb_id;
    }
    Framebuffer(const Framebuffer&) = delete;
    Framebuffer& operator=(const Framebuffer&) = delete;
    ~Framebuffer() { device_.call(DRM_IOCTL_MODE_RMFB, &id_, "DRM_IOCTL_MODE_RMFB"); }

    [[nodiscard]] std::uint32_t id() const { return id_; }

private:
    const DrmDevice& device_;
    std::uint32_t id_ = 0;
};

}  // namespace

contract::Available<Display> Display::find()
{
    auto device = DrmDevice::of_driver("vkms");
    if (!device)
        return std::unexpected(device.error());
    return Display(std::move(*device));
}

Display::Display(DrmDevice device)
    : device_(std::move(device)),
      crc_folder_("/sys/kernel/debug/dri/" + std::to_string(device_.number()) + "/crtc-0/crc/")
{
    // The first ones will do.
    constexpr std::uint32_t most = 8;
    std::array<std::uint32_t, most> crtcs{};
    std::array<std::uint32_t, most> connectors{};
    drm_mode_card_res resources{};
    resources.crtc_id_ptr = address_of(crtcs.data());
    resources.count_crtcs = most;
    resources.connector_id_ptr = address_of(connectors.data());
    resources.count_connectors = most;
    device_.call(DRM_IOCTL_MODE_GETRESOURCES, &resources, "DRM_IOCTL_MODE_GETRESOURCES");
    crtc_ = crtcs.front();
    connector_ = connectors.front();
}

void Display::show(std::uint32_t framebuffer) const
{
    drm_mode_crtc set{};
    set.crtc_id = crtc_;
    if (framebuffer != 0) {
        set.fb_id = framebuffer;
        set.set_connectors_ptr = address_of(&connector_);
        set.count_connectors = 1;
        set.mode_valid = 1;
        set.mode = slow_mode();
    }
    device_.call(DRM_IOCTL_MODE_SETCRTC, &set, "DRM_IOCTL_MODE_SETCRTC");
}

std::uint32_t Display::next_checksum() const
{
    if (const auto error = contract::write_text(crc_folder_ + "control", "auto"); error.value != 0)
        throw std::runtime_error(crc_folder_ + "control cannot be written");
    // A line for each frame that is shown while this is open: its number and its checksum.
    const contract::UniqueFd data = contract::open_file(crc_folder_ + "data", O_RDONLY);
    std::array<char, 256> line{};
    const ssize_t count = ::read(data.get(), line.data(), line.size() - 1);
    if (count <= 0)
        contract::throw_errno("read " + crc_folder_ + "data");
    const std::string text(line.data());
    return static_cast<std::uint32_t>(std::stoul(text.substr(text.find(' ')), nullptr, 16));
}

std::uint32_t Display::checksum(const BufferObject& object) const
{
    const Framebuffer framebuffer(device_, object);
    show(framebuffer.id());
    const std::uint32_t checksum = next_checksum();
    show(0);
    return checksum;
}

DumbBuffer::DumbBuffer(const Display& display) : object_(make_dumb(display.device()))
{
    drm_mode_map_dumb map{};
    map.handle = object_.handle();
    display.device().call(DRM_IOCTL_MODE_MAP_DUMB, &map, "DRM_IOCTL_MODE_MAP_DUMB");
    address_ = display.device().map(Display::frame_bytes, map.offset);
}

DumbBuffer::~DumbBuffer()
{
    ::munmap(address_, Display::frame_bytes);
}

}  // namespace importers
