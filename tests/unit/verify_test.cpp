// SPDX-License-Identifier: Apache-2.0
#include "verify.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::cli {
namespace {

using test::FakeKernel;
using test::scratch_directory;
using test::TestFile;
using testing::HasSubstr;

class VerifyTest : public testing::Test {
protected:
    /// Changes one byte of a fake dma-buf, which is a memfd.
    static void spoil(const UniqueFd& dmabuf, off_t offset)
    {
        const char byte = 0x5a;
        ASSERT_EQ(::pwrite(dmabuf.get(), &byte, 1, offset), 1);
    }
    static std::string said(const Result<void>& result)
    {
        return result ? "equal" : result.error().message();
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), 5000, 1};
};

TEST_F(VerifyTest, AWholeFile)
{
    const auto loaded = find_method("alloc-read")->load({file.path(), Mode::direct, "system"});
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(said(verify(*loaded, file.path())), "equal");
    spoil(loaded->dmabuf, 6000);
    EXPECT_THAT(said(verify(*loaded, file.path())),
                HasSubstr("Byte 6000 of the buffer, behind the file's end"));
    spoil(loaded->dmabuf, 4999);
    EXPECT_THAT(said(verify(*loaded, file.path())), HasSubstr("differs from the file at byte 4999"));
}

TEST_F(VerifyTest, Ranges)
{
    const std::vector<FileRange> ranges = {
        {.file = file.path(), .file_offset = 512, .length = 1000, .buffer_offset = 8192},
        {.file = file.path(), .length = 100, .buffer_offset = 4096}};
    const auto loader = RangeLoader::create();
    const auto loaded = loader->load(ranges);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(said(verify(*loaded)), "equal");
    spoil(loaded->dmabuf, 9192);
    EXPECT_THAT(said(verify(*loaded)), HasSubstr("Byte 9192 of the buffer, which no range covers"));
    spoil(loaded->dmabuf, 9191);
    EXPECT_THAT(said(verify(*loaded)), HasSubstr("differs from the file at byte 1511"));
    spoil(loaded->dmabuf, 4196);
    EXPECT_THAT(said(verify(*loaded)), HasSubstr("Byte 4196"));
    spoil(loaded->dmabuf, 0);
    EXPECT_THAT(said(verify(*loaded)), HasSubstr("Byte 0 of"));
}

}  // namespace
}  // namespace dmaload::cli
