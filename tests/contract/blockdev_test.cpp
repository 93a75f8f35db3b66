// SPDX-License-Identifier: Apache-2.0
// Contract, rules 2 and 5: block devices, whose size is that of the device,
// and block sizes other than the usual.
#include <fcntl.h>

#include "support/block.hpp"
#include "support/fixture.hpp"

namespace contract {
namespace {

class BlockDeviceTest : public ContractTest, public ::testing::WithParamInterface<bool> {
protected:
    static int flags() { return O_RDONLY | (GetParam() ? O_DIRECT : 0); }

    /// Loads a loop device over a file of \p size bytes as a whole.
    void check(std::uint64_t size, std::uint32_t logical_block)
    {
        SCOPED_TRACE(std::to_string(size) + " bytes, blocks of " + std::to_string(logical_block));
        const Image image(size);
        write_pattern(image.path(), size, 3);
        const auto device = LoopDevice::over(image.path(), logical_block);
        if (!device)
            GTEST_SKIP() << device.error();
        ASSERT_EQ(logical_block_size(device->path()), logical_block);
        const UniqueFd fd = open_file(device->path(), flags());
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 3));
    }
};

TEST_P(BlockDeviceTest, WholePages)
{
    check(4 * megabyte, 512);
    check(20 * megabyte, 4096);
}

TEST_P(BlockDeviceTest, SizeThatNoPageDivides)
{
    check(512, 512);
    check(3 * 4096 + 512, 512);
    check(8 * megabyte + 3 * 512ULL, 512);
}

TEST_P(BlockDeviceTest, EmptyDevice)
{
    // A loop device without a file has no bytes.
    const UniqueFd fd(::open("/dev/loop7", flags() | O_CLOEXEC));
    if (!fd)
        GTEST_SKIP() << "there is no /dev/loop7";
    EXPECT_EQ(load(fd.get()).error, Errno{EINVAL});
}

TEST_P(BlockDeviceTest, FilesOnADeviceOfLargeBlocks)
{
    const Image image(64 * megabyte);
    const auto device = LoopDevice::over(image.path(), 4096);
    if (!device)
        GTEST_SKIP() << device.error();
    if (run({"mkfs.ext4", "-q", "-F", device->path()}) != 0)
        GTEST_SKIP() << "mkfs.ext4 is not there";
    const auto mount = Mount::of(device->path(), "ext4");
    ASSERT_TRUE(mount) << mount.error();
    for (const std::uint64_t size :
         {std::uint64_t{1}, std::uint64_t{513}, 3 * std::uint64_t{4096} + 512, 8 * megabyte + 100}) {
        const TemporaryFile file(mount->path(), size);
        const UniqueFd fd = file.open(flags());
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{}) << size;
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
}

INSTANTIATE_TEST_SUITE_P(All, BlockDeviceTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "direct" : "buffered"; });

}  // namespace
}  // namespace contract
