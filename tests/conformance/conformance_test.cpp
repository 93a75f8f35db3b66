// SPDX-License-Identifier: Apache-2.0
/// \file
/// What every method promises, checked for all of them in the same way.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <dmaload/heap.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/method.hpp>
#include <dmaload/pattern.hpp>

#include "fake_kernel.hpp"
#include "places.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

constexpr std::uint64_t batch = 8 * MiB;  // the engine's default
/// Smaller files may live in their inode, where there is no block to read directly; f2fs does so
/// and still announces direct I/O, because a write would move them out.
constexpr std::uint64_t smallest_direct = 4 * KiB;

bool names_file(const std::string& path)
{
    const std::filesystem::path target = std::filesystem::canonical(path);
    return std::ranges::any_of(std::filesystem::directory_iterator("/proc/self/fd"), [&](const auto& entry) {
        std::error_code ignored;
        return std::filesystem::read_symlink(entry.path(), ignored) == target;
    });
}

using Parameters = std::tuple<const Method*, Mode, std::string, std::uint64_t>;

std::string name_of(const testing::TestParamInfo<Parameters>& info)
{
    const auto& [method, mode, directory, size] = info.param;
    return word(std::string(method->name()) + "_" + std::string(to_string(mode)) + directory + "_" +
                std::to_string(size));
}

class Conformance : public testing::TestWithParam<Parameters> {
protected:
    void SetUp() override
    {
        const auto& [method, mode, directory, size] = GetParam();
        if (const auto available = method->probe(heap_name, mode); !available)
            GTEST_SKIP() << available.error().message();
    }
};

TEST_P(Conformance, LoadsTheFile)
{
    const auto& [method, mode, directory, size] = GetParam();
    const std::uint64_t seed = size ^ 0x5eedU;
    const TestFile file(directory, size, seed);

    const std::size_t fds = count_fds();
    {
        const auto loaded = method->load({file.path(), mode, heap_name});
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(count_fds(), fds + 1) << "only the dma-buf stays open";
        EXPECT_EQ(names_file(file.path()), !loaded->is_dmabuf) << "the file stays open";
        EXPECT_NE(::fcntl(loaded->dmabuf.get(), F_GETFD) & FD_CLOEXEC, 0);
        EXPECT_EQ(check_content(*loaded, size, seed), "");
        if (mode == Mode::buffered) {
            EXPECT_EQ(to_string(loaded->path_taken), "buffered");
        } else if (size >= smallest_direct && offers_direct(file.path())) {
            EXPECT_NE(to_string(loaded->path_taken), "buffered");
        }
    }
    EXPECT_EQ(count_fds(), fds);
}

INSTANTIATE_TEST_SUITE_P(Files, Conformance,
                         testing::Combine(testing::ValuesIn(methods().begin(), methods().end()),
                                          testing::Values(Mode::direct, Mode::buffered),
                                          testing::ValuesIn(directories()),
                                          testing::Values(1, 511, 4095, 4096, 4097, MiB - 1, MiB, MiB + 1,
                                                          batch - 4 * KiB, batch, batch + 4 * KiB,
                                                          3 * batch + 1)),
                         name_of);

std::vector<const Method*> variants()
{
    std::vector<const Method*> all;
    for (const Method* method : methods())
        std::ranges::copy(method->variants(), std::back_inserter(all));
    return all;
}

INSTANTIATE_TEST_SUITE_P(Variants, Conformance,
                         testing::Combine(testing::ValuesIn(variants()),
                                          testing::Values(Mode::direct, Mode::buffered),
                                          testing::ValuesIn(directories()), testing::Values(3 * batch + 1)),
                         name_of);

/// One size, for what does not depend on it.
class OneSize : public Conformance {};

TEST_P(OneSize, LoadsInSeveralThreadsAtOnce)
{
    const auto& [method, mode, directory, size] = GetParam();
    const TestFile file(directory, size, 1);
    const std::size_t fds = count_fds();
    std::vector<std::string> failures(4);
    {
        std::vector<std::jthread> threads;
        for (std::string& failure : failures)
            threads.emplace_back([&] {
                const auto loaded = method->load({file.path(), mode, heap_name});
                failure = loaded ? check_content(*loaded, size, 1) : loaded.error().message();
            });
    }
    EXPECT_EQ(failures, std::vector<std::string>(4));
    EXPECT_EQ(count_fds(), fds);
}

TEST_P(OneSize, RefusesWhatIsNoFile)
{
    const auto& [method, mode, directory, size] = GetParam();
    const std::size_t fds = count_fds();
    const TestFile empty(directory, 0, 0);
    for (const std::string& path : {empty.path(), directory, directory + "/dmaload-no-such-file"}) {
        const auto loaded = method->load({path, mode, heap_name});
        ASSERT_FALSE(loaded) << path;
        EXPECT_NE(loaded.error().message().find(path), std::string::npos) << loaded.error().message();
        EXPECT_FALSE(loaded.error().advice.empty()) << loaded.error().message();
    }
    EXPECT_EQ(count_fds(), fds);
}

INSTANTIATE_TEST_SUITE_P(Files, OneSize,
                         testing::Combine(testing::ValuesIn(methods().begin(), methods().end()),
                                          testing::Values(Mode::direct, Mode::buffered),
                                          testing::ValuesIn(directories()), testing::Values(MiB + 1)),
                         name_of);

TEST(AllocateAndRead, LeavesTheFilePositionAlone)
{
    const auto heap = Heap::open(heap_name);
    if (!heap)
        GTEST_SKIP() << heap.error().message();
    if (const auto available = heap->probe_read(); !available)
        GTEST_SKIP() << available.error().message();
    for (const std::string& directory : directories()) {
        const TestFile file(directory, MiB + 1, 1);
        const UniqueFd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
        ASSERT_EQ(::lseek(fd.get(), 7, SEEK_SET), 7);
        const auto buffer = heap->allocate_and_read(fd.get());
        ASSERT_TRUE(buffer) << buffer.error().message();
        EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 7);
    }
}

TEST(PlainAllocation, IsZero)
{
    const auto heap = Heap::open(heap_name);
    if (!heap)
        GTEST_SKIP() << heap.error().message();
    const auto buffer = heap->allocate(3 * MiB);
    ASSERT_TRUE(buffer) << buffer.error().message();
    const auto mapping = Mapping::map(buffer->get(), 3 * MiB, PROT_READ);
    ASSERT_TRUE(mapping) << mapping.error().message();
    EXPECT_EQ(pattern::first_nonzero(mapping->bytes(), 0), std::nullopt);
}

}  // namespace
}  // namespace dmaload::test
