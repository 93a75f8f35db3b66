// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "kind_groups.hpp"
#include "mapped_device.hpp"
#include "support/block.hpp"
#include "support/content.hpp"

namespace fuzz {
namespace {

constexpr std::uint64_t size = 64 * contract::kilobyte;
constexpr std::uint64_t seed = 30;

/// Two of the device mapper's, the second of which fails whatever is read.
class MappedDevices {
public:
    MappedDevices(std::unique_ptr<contract::Image> image, contract::LoopDevice disk)
        : image_(std::move(image)),
          disk_(std::move(disk)),
          right_(name("right"), {{size / faults::sector, "linear", disk_.path() + " 0"}}),
          wrong_(name("wrong"), {{size / faults::sector, "error"}})
    {
    }

    [[nodiscard]] std::string right() const { return right_.path(); }
    [[nodiscard]] std::string wrong() const { return wrong_.path(); }

private:
    static std::string name(const std::string& which)
    {
        return "fuzz-" + std::to_string(::getpid()) + "-" + which;
    }

    std::unique_ptr<contract::Image> image_;
    contract::LoopDevice disk_;
    faults::MappedDevice right_;
    faults::MappedDevice wrong_;
};

std::unique_ptr<MappedDevices> mapped_devices()
{
    if (::access("/dev/mapper/control", R_OK | W_OK) != 0)
        return nullptr;
    auto image = std::make_unique<contract::Image>(size);
    contract::write_pattern(image->path(), size, seed);
    auto disk = contract::LoopDevice::over(image->path());
    return disk ? std::make_unique<MappedDevices>(std::move(image), std::move(*disk)) : nullptr;
}

}  // namespace

void add_block_devices(Files& files)
{
    // Much larger than the memory, and without content.
    files.add("null-block", UniqueFd(::open("/dev/nullb0", O_RDONLY | O_CLOEXEC)));
    auto devices = mapped_devices();
    if (!devices)
        return files.miss({"mapped", "mapped-direct", "mapped-error"});
    files.add("mapped", contract::open_file(devices->right(), O_RDONLY), pattern(size, seed));
    files.add("mapped-direct", contract::open_file(devices->right(), O_RDONLY | O_DIRECT),
              pattern(size, seed));
    files.add("mapped-error", contract::open_file(devices->wrong(), O_RDONLY));
    files.keep(std::move(devices));
}

}  // namespace fuzz
