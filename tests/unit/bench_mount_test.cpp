// SPDX-License-Identifier: Apache-2.0
#include <bench/test_file.hpp>

#include <gtest/gtest.h>

namespace dmaload::bench {
namespace {

constexpr const char* kMounts =
    "22 27 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n"
    "29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
    "30 1 254:16 / /disk\\0400 rw - f2fs /dev/vdb\n"
    "31 1 254:32 / /cut rw - xfs\n"
    "32 1 254:48 / /no-dash rw\n";

TEST(BenchMount, IsThatOfTheFilesDevice)
{
    TestFile file;
    describe_mount(file, kMounts, "254:0");
    EXPECT_EQ(file.filesystem, "ext4");
    EXPECT_EQ(file.mount, "/dev/vda on / (rw,relatime) (rw,discard)");
    describe_mount(file, kMounts, "254:16");
    EXPECT_EQ(file.filesystem, "f2fs");
    EXPECT_EQ(file.mount, "/dev/vdb on /disk\\0400 (rw)");
}

TEST(BenchMount, LinesOfAnotherFormAreNoMounts)
{
    for (const char* device : {"254:32", "254:48", "8:0", ""}) {
        TestFile file;
        describe_mount(file, kMounts, device);
        EXPECT_EQ(file.filesystem, "") << device;
        EXPECT_EQ(file.mount, "") << device;
    }
}

TEST(BenchMount, FilesOfMemoryNeedNotBeCold)
{
    EXPECT_TRUE(is_memory({.path = "/dev/shm/a", .filesystem = "tmpfs"}));
    EXPECT_FALSE(is_memory({.path = "/disk0/a", .filesystem = "ext4"}));
    EXPECT_FALSE(is_memory({.path = "/dev/vda"}));
}

}  // namespace
}  // namespace dmaload::bench
