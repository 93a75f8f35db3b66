// SPDX-License-Identifier: Apache-2.0
// Contract, rule 9: whatever the filesystem does with a read, the data is
// right. tmpfs, ext4 and f2fs are tested everywhere else; FUSE in fault_test.
#include <cstring>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fixture.hpp"

namespace contract {
namespace {

/// How to make a filesystem on a device of 512 MB or less.
struct Recipe {
    const char* name;
    const char* filesystem;
    std::uint64_t image_size;
    std::vector<std::string> mkfs;  ///< the device's path is appended
    const char* options;
};

class FilesystemsTest : public ContractTest {
protected:
    /// Loads files of some sizes from a folder, direct where it lets them be
    /// opened so, and buffered.
    void check(const std::string& folder)
    {
        for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{60}, std::uint64_t{513},
                                         std::uint64_t{4097}, megabyte + 1, 12 * megabyte + 1000}) {
            const TemporaryFile file(folder, size, size);
            check_file(file.path());
        }
    }
    void check_file(const std::string& path)
    {
        for (const int mode : {O_DIRECT, 0}) {
            const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | mode));
            if (!fd && mode != 0)
                continue;  // the filesystem does not open files so: nothing to test
            ASSERT_TRUE(fd) << path << ": " << std::strerror(errno);
            const Outcome loaded = load(fd.get());
            ASSERT_EQ(loaded.error, Errno{}) << path << (mode != 0 ? ", direct" : ", buffered");
            EXPECT_TRUE(holds_file(loaded.dmabuf.get(), path)) << (mode != 0 ? "direct" : "buffered");
        }
    }
};

class RecipeTest : public FilesystemsTest, public ::testing::WithParamInterface<Recipe> {};

TEST_P(RecipeTest, Content)
{
    const Recipe& recipe = GetParam();
    const Image image(recipe.image_size);
    const auto device = LoopDevice::over(image.path());
    if (!device)
        GTEST_SKIP() << device.error();
    std::vector<std::string> mkfs = recipe.mkfs;
    mkfs.push_back(device->path());
    if (run(mkfs) != 0)
        GTEST_SKIP() << mkfs.front() << " is not there, or cannot do this";
    const auto mount = Mount::of(device->path(), recipe.filesystem, recipe.options);
    if (!mount)
        GTEST_SKIP() << mount.error();
    check(mount->path());
}

INSTANTIATE_TEST_SUITE_P(
    On, RecipeTest,
    ::testing::Values(
        Recipe{"ext4_blocks_of_1k", "ext4", 64 * megabyte, {"mkfs.ext4", "-q", "-F", "-b", "1024"}, ""},
        // Small files inside the inode, which no direct read can reach.
        Recipe{"ext4_inline_data",
               "ext4",
               64 * megabyte,
               {"mkfs.ext4", "-q", "-F", "-I", "256", "-O", "inline_data"},
               ""},
        // Direct reads are turned into buffered ones.
        Recipe{"ext4_journalled_data", "ext4", 64 * megabyte, {"mkfs.ext4", "-q", "-F"}, "data=journal"},
        Recipe{"ext4_indirect_blocks",
               "ext4",
               64 * megabyte,
               {"mkfs.ext4", "-q", "-F", "-O", "^extent,^64bit"},
               ""},
        Recipe{"xfs", "xfs", 320 * megabyte, {"mkfs.xfs", "-q", "-f"}, ""},
        Recipe{"xfs_blocks_of_1k", "xfs", 320 * megabyte, {"mkfs.xfs", "-q", "-f", "-b", "size=1024"}, ""}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_F(FilesystemsTest, Overlay)
{
    const std::string disk = disk_folder();
    if (disk.empty())
        GTEST_SKIP() << "no test folder lies on a disk";
    std::string base = disk + "/overlay-XXXXXX";
    ASSERT_NE(::mkdtemp(base.data()), nullptr);
    for (const char* name : {"/lower", "/upper", "/work"})
        ASSERT_EQ(::mkdir((base + name).c_str(), 0700), 0);
    {
        const TemporaryFile below(base + "/lower", 9 * megabyte + 100);
        const auto mount =
            Mount::of("overlay", "overlay",
                      "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base + "/work");
        if (mount) {
            check(mount->path());  // files of the upper folder
            check_file(mount->path() + below.path().substr(below.path().rfind('/')));
        } else {
            EXPECT_EQ(run({"rm", "-rf", base}), 0);
            GTEST_SKIP() << mount.error();
        }
    }
    EXPECT_EQ(run({"rm", "-rf", base}), 0);
}

// The program itself lies on the host, seen by 9p.
TEST_F(FilesystemsTest, TheRunningProgram)
{
    char path[4096] = {};
    ASSERT_GT(::readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
    check_file(path);
}

TEST_F(FilesystemsTest, Erofs)
{
    const MountPoint source;
    const TemporaryFile big(source.path(), 9 * megabyte + 100);
    const TemporaryFile small(source.path(), 100);
    const Image image(0);
    if (run({"mkfs.erofs", image.path(), source.path()}) != 0)
        GTEST_SKIP() << "mkfs.erofs is not there";
    const auto device = LoopDevice::over(image.path());
    if (!device)
        GTEST_SKIP() << device.error();
    const auto mount = Mount::of(device->path(), "erofs", {}, MS_RDONLY);
    if (!mount)
        GTEST_SKIP() << mount.error();
    for (const TemporaryFile* file : {&big, &small}) {
        const std::string path = mount->path() + file->path().substr(file->path().rfind('/'));
        check_file(path);
    }
}

// The descriptor is all that is left of the mount.
TEST_F(FilesystemsTest, DetachedFilesystem)
{
    const Image image(64 * megabyte);
    const auto device = LoopDevice::over(image.path());
    if (!device)
        GTEST_SKIP() << device.error();
    if (run({"mkfs.ext4", "-q", "-F", device->path()}) != 0)
        GTEST_SKIP() << "mkfs.ext4 is not there";
    UniqueFd fd;
    {
        const auto mount = Mount::of(device->path(), "ext4");
        ASSERT_TRUE(mount) << mount.error();
        const TemporaryFile file(mount->path(), 2 * megabyte + 1);
        fd = file.open(O_RDONLY | O_DIRECT);
    }
    const Outcome loaded = load(fd.get());
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), 2 * megabyte + 1, 1));
}

}  // namespace
}  // namespace contract
