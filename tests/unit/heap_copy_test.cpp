// SPDX-License-Identifier: Apache-2.0
/// \file
/// The methods that have the kernel copy the file into a heap's buffer.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <tuple>

#include <dmaload/method.hpp>
#include <dmaload/unique_fd.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test::heap_copies {
namespace {

constexpr std::uint64_t size = 200001;  // several steps, and no whole blocks
constexpr std::uint64_t seed = 4;

class HeapCopyTest : public testing::TestWithParam<std::tuple<const char*, Mode>> {
protected:
    [[nodiscard]] Result<Loaded> load() const
    {
        const auto& [method, mode] = GetParam();
        return find_method(method)->load({file.path(), mode, "system"});
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), size, seed};
};

TEST_P(HeapCopyTest, LeavesOutWhatIsAppendedMeanwhile)
{
    int reads = 0;
    kernel.before_read = [&](int) {
        if (++reads != 2)
            return;
        const UniqueFd end(::open(file.path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        const std::string more(100000, 'x');
        ASSERT_EQ(::write(end.get(), more.data(), more.size()), static_cast<ssize_t>(more.size()));
    };
    const auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_GE(reads, 2);
    EXPECT_EQ(loaded->file_size, size);
    EXPECT_EQ(check_content(*loaded, size, seed), "");
}

TEST_P(HeapCopyTest, RefusesAFileThatHasShrunk)
{
    int reads = 0;
    kernel.before_read = [&](int) {
        if (++reads == 2) {
            ASSERT_EQ(::truncate(file.path().c_str(), 70000), 0);
        }
    };
    const std::size_t fds = count_fds();
    const auto loaded = load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, EIO);
    EXPECT_NE(loaded.error().message().find("become shorter"), std::string::npos) << loaded.error().message();
    EXPECT_EQ(count_fds(), fds);
}

INSTANTIATE_TEST_SUITE_P(Calls, HeapCopyTest,
                         testing::Combine(testing::Values("sendfile-heap", "splice-heap", "copy-file-range"),
                                          testing::Values(Mode::direct, Mode::buffered)));

}  // namespace
}  // namespace dmaload::test::heap_copies
