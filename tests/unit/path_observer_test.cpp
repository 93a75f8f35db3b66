// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <linux/magic.h>

#include <dmaload/method.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test::observed_paths {
namespace {

constexpr std::uint64_t size = 1 << 20U;

class PathTaken : public testing::Test {
protected:
    Path load(Mode mode)
    {
        const ScopedSyscalls scope(kernel);
        const auto loaded = find_method("udmabuf")->load({file.path(), mode, "system"});
        EXPECT_TRUE(loaded) << loaded.error().message();
        return loaded ? loaded->path_taken : Path::unknown;
    }

    FakeKernel kernel;
    TestFile file{scratch_directory(), size, 1};
};

TEST_F(PathTaken, IsBufferedWhenAskedFor)
{
    EXPECT_EQ(load(Mode::buffered), Path::buffered);
}

TEST_F(PathTaken, IsDirectWhenTheCacheTookNothing)
{
    EXPECT_EQ(load(Mode::direct), Path::direct);
    kernel.tells_direct_alignment = false;
    EXPECT_EQ(load(Mode::direct), Path::direct);
    kernel.cached_before = 10;
    EXPECT_EQ(load(Mode::direct), Path::direct);
}

TEST_F(PathTaken, IsBufferedWhenTheFilesystemSaysSo)
{
    kernel.direct_alignment = 0;
    kernel.has_cachestat = false;
    EXPECT_EQ(load(Mode::direct), Path::buffered);
}

TEST_F(PathTaken, IsBufferedWhenTheCacheGrewByTheFile)
{
    kernel.direct_alignment = 0;
    kernel.tells_direct_alignment = false;
    EXPECT_EQ(load(Mode::direct), Path::buffered);
}

TEST_F(PathTaken, IsBufferedInMemoryFilesystems)
{
    kernel.filesystem = TMPFS_MAGIC;
    EXPECT_EQ(load(Mode::direct), Path::buffered);
}

TEST_F(PathTaken, IsUnknownWhereNothingTells)
{
    kernel.has_cachestat = false;
    EXPECT_EQ(load(Mode::direct), Path::unknown);
    kernel.has_cachestat = true;
    kernel.cached_before = size;  // pages: more than the whole file
    EXPECT_EQ(load(Mode::direct), Path::unknown);
}

}  // namespace
}  // namespace dmaload::test::observed_paths
