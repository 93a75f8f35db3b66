// SPDX-License-Identifier: Apache-2.0
#include "file_source.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

#include <dmaload/pattern.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

using testing::HasSubstr;

class FileSourceTest : public testing::Test {
protected:
    static Result<Loaded> load(const std::string& path, Mode mode, std::string_view method = "udmabuf")
    {
        return find_method(method)->load({path, mode, "system"});
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
};

TEST_F(FileSourceTest, ReadsDirectlyFromARealFilesystem)
{
    kernel.real_direct = true;
    for (const std::uint64_t size :
         std::initializer_list<std::uint64_t>{1, 511, 512, 4095, 4096, 4097, (1 << 20) + 1}) {
        const TestFile file(scratch_directory(), size, size);
        const auto loaded = load(file.path(), Mode::direct);
        if (!loaded && loaded.error().code == EINVAL)
            GTEST_SKIP() << loaded.error().message();
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(check_content(*loaded, size, size), "") << size;
    }
}

TEST_F(FileSourceTest, KeepsToTheAlignmentOfTheFile)
{
    // The fake kernel refuses anything else; 64 KiB blocks leave the buffer.
    for (const unsigned alignment : {512U, 4096U, 65536U}) {
        kernel.direct_alignment = alignment;
        for (const std::uint64_t size :
             std::initializer_list<std::uint64_t>{1, 4097, 65535, 65536, 65537, 200001}) {
            const TestFile file(scratch_directory(), size, size);
            const auto loaded = load(file.path(), Mode::direct);
            ASSERT_TRUE(loaded) << loaded.error().message();
            EXPECT_EQ(check_content(*loaded, size, size), "") << alignment << " " << size;
        }
    }
}

TEST_F(FileSourceTest, BufferedReadsGoOnAfterShortOnes)
{
    const TestFile file(scratch_directory(), 100000, 3);
    kernel.shorten = [](std::size_t n) { return n > 1000 ? 1000 : n; };
    for (const char* method : {"udmabuf", "mmap-read"}) {
        const auto loaded = load(file.path(), Mode::buffered, method);
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(check_content(*loaded, 100000, 3), "");
    }
}

TEST_F(FileSourceTest, AShortDirectReadIsAnErrorNotAGap)
{
    const TestFile file(scratch_directory(), 100000, 3);
    kernel.shorten = [](std::size_t n) { return n > 512 ? n - 512 : n; };
    for (const char* method : {"udmabuf", "alloc-read"}) {
        const auto loaded = load(file.path(), Mode::direct, method);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, EIO);
        EXPECT_THAT(loaded.error().message(), HasSubstr(file.path()));
    }
    const auto explained = load(file.path(), Mode::direct);
    EXPECT_THAT(explained.error().message(), HasSubstr("were asked for, at offset 0"));
}

TEST_F(FileSourceTest, AFileThatShrankIsAnError)
{
    for (const Method* method : methods()) {
        for (const Mode mode : {Mode::direct, Mode::buffered}) {
            if (maps_file(*method) || !method->probe("system", mode))
                continue;
            const TestFile file(scratch_directory(), 100000, 3);
            kernel.before_read = [&](int) { ASSERT_EQ(::truncate(file.path().c_str(), 5000), 0); };
            const std::size_t fds = count_fds();
            const auto loaded = load(file.path(), mode, method->name());
            ASSERT_FALSE(loaded) << method->name();
            EXPECT_EQ(loaded.error().code, EIO) << loaded.error().message();
            EXPECT_EQ(count_fds(), fds);
            EXPECT_EQ(kernel.mappings(), 0);
        }
    }
}

TEST_F(FileSourceTest, AFileThatGrewIsNone)
{
    for (const Method* method : methods()) {
        for (const Mode mode : {Mode::direct, Mode::buffered}) {
            if (!method->probe("system", mode))
                continue;
            const TestFile file(scratch_directory(), 5000, 3);
            kernel.before_read = [&](int) {
                const UniqueFd fd(::open(file.path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
                ASSERT_EQ(::write(fd.get(), "more", 4), 4);
            };
            const auto loaded = load(file.path(), mode, method->name());
            ASSERT_TRUE(loaded) << loaded.error().message();
            EXPECT_EQ(check_content(*loaded, 5000, 3), "") << method->name() << " " << to_string(mode);
        }
    }
}

TEST_F(FileSourceTest, AFileThatGrewBeforeTheEngineLookedKeepsItsPromises)
{
    // Between our fstat and the kernel's: the buffer is larger than ours would be.
    const TestFile file(scratch_directory(), 5000, 3);
    int heap_ioctls = 0;
    kernel.fault = [&](std::string_view call) -> std::optional<int> {
        if (call == "ioctl" && heap_ioctls++ == 0) {
            EXPECT_EQ(::truncate(file.path().c_str(), 20000), 0);
            const UniqueFd fd(::open(file.path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
            EXPECT_EQ(::write(fd.get(), "more", 4), 4);
        }
        return std::nullopt;
    };
    const auto loaded = load(file.path(), Mode::direct, "alloc-read");
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->file_size, 5000U);
    EXPECT_EQ(loaded->buffer_size, 20480U);
    std::vector<std::byte> buffer(20480);
    ASSERT_EQ(::pread(loaded->dmabuf.get(), buffer.data(), buffer.size(), 0), 20480);
    EXPECT_EQ(pattern::first_difference(std::span(buffer).first(5000), 0, 3), std::nullopt);
    EXPECT_EQ(pattern::first_nonzero(std::span(buffer).subspan(5000), 0), std::nullopt);
    EXPECT_EQ(kernel.mappings(), 0);
    EXPECT_EQ(kernel.accesses(), 0);
}

TEST_F(FileSourceTest, AFilesystemWithoutDirectReadsIsNamedAsTheCause)
{
    const TestFile file(scratch_directory(), 5000, 3);
    kernel.open_errors[file.path()] = EINVAL;
    EXPECT_THAT(load(file.path(), Mode::direct).error().message(), HasSubstr("use buffered mode"));

    kernel.open_errors.clear();
    kernel.fault = [](std::string_view call) {
        return call == "pread" ? std::optional<int>(EINVAL) : std::nullopt;
    };
    EXPECT_THAT(load(file.path(), Mode::direct).error().message(), HasSubstr("use buffered mode"));
}

TEST_F(FileSourceTest, AFileLargerThanMemoryIsRefusedAtOnce)
{
    const TestFile file(scratch_directory(), 1, 3);
    std::error_code code;
    std::filesystem::resize_file(file.path(), std::uintmax_t{1} << 43U, code);  // sparse
    if (code)
        GTEST_SKIP() << code.message();
    for (const char* method : {"alloc-read", "udmabuf", "mmap-read"}) {
        const auto loaded = load(file.path(), Mode::buffered, method);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, ENOMEM) << loaded.error().message();
    }
}

}  // namespace
}  // namespace dmaload::test
