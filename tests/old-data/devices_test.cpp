// SPDX-License-Identifier: Apache-2.0
// Devices and filesystems whose blocks are not of the usual size.
#include <tuple>

#include "old_data_test.hpp"
#include "support/block.hpp"

namespace old_data {
namespace {

using contract::kilobyte;
using contract::megabyte;

using DeviceParam = std::tuple<std::uint32_t, bool>;  // bytes of a block, direct

class DevicesTest : public OldDataTest, public ::testing::WithParamInterface<DeviceParam> {
protected:
    static std::uint32_t block() { return std::get<0>(GetParam()); }
    static int flags() { return O_RDONLY | (std::get<1>(GetParam()) ? O_DIRECT : 0); }

    void search_folder(const std::string& folder)
    {
        for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{513}, megabyte + 2000}) {
            const contract::TemporaryFile file(folder, size);
            const contract::UniqueFd fd = file.open(flags());
            for (const Reading& reading : whole_file(fd.get(), size))
                search(reading);
        }
    }
};

TEST_P(DevicesTest, TheDeviceItself)
{
    const std::uint64_t size = contract::round_up(2 * megabyte, block()) + 3 * std::uint64_t{block()};
    const contract::Image image(size);
    contract::write_pattern(image.path(), size, 1);
    const auto device = contract::LoopDevice::over(image.path(), block());
    if (!device)
        GTEST_SKIP() << device.error();
    const contract::UniqueFd fd = contract::open_file(device->path(), flags());
    for (const Reading& reading : whole_file(fd.get(), size))
        search(reading);
    search({.what = "part of a block between gaps",
            .form = Form::ranges,
            .pieces = {{.fd = fd.get(), .file_offset = block(), .length = 100, .buffer_offset = block()},
                       {.fd = fd.get(), .length = megabyte + 9, .buffer_offset = 256 * kilobyte}},
            .len = 2 * megabyte});
}

TEST_P(DevicesTest, FilesOnIt)
{
    const contract::Image image(64 * megabyte);
    const auto device = contract::LoopDevice::over(image.path(), block());
    if (!device)
        GTEST_SKIP() << device.error();
    ASSERT_EQ(contract::run({"mkfs.ext4", "-q", "-F", device->path()}), 0);
    const auto mount = contract::Mount::of(device->path(), "ext4");
    ASSERT_TRUE(mount) << mount.error();
    search_folder(mount->path());
}

// The block of the filesystem is larger than a page; that of the device is not.
TEST_P(DevicesTest, FilesystemOfLargeBlocks)
{
    const contract::Image image(320 * megabyte);
    const auto device = contract::LoopDevice::over(image.path(), block());
    if (!device)
        GTEST_SKIP() << device.error();
    if (contract::run({"mkfs.xfs", "-q", "-f", "-b", "size=64k", device->path()}) != 0)
        GTEST_SKIP() << "mkfs.xfs is not there, or cannot do this";
    const auto mount = contract::Mount::of(device->path(), "xfs");
    if (!mount)
        GTEST_SKIP() << mount.error();
    search_folder(mount->path());
}

// None larger: to 6.12 a logical block is a page at most. What the engine does
// with one of 64 KB is tested by KUnit, with a file that answers as if it had
// such (kt_last_blocks_are_read_apart, which the series brings).
INSTANTIATE_TEST_SUITE_P(All, DevicesTest,
                         ::testing::Combine(::testing::Values(512U, 4096U), ::testing::Bool()),
                         [](const ::testing::TestParamInfo<DeviceParam>& parameter) {
                             return "blocks_of_" + std::to_string(std::get<0>(parameter.param)) +
                                    (std::get<1>(parameter.param) ? "_direct" : "_buffered");
                         });

}  // namespace
}  // namespace old_data
