// SPDX-License-Identifier: Apache-2.0
/// \file
/// What loading ranges of files into one buffer promises, for both methods.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include <dmaload/ranges.hpp>

#include "fake_kernel.hpp"
#include "places.hpp"
#include "range_content.hpp"
#include "test_file.hpp"

namespace dmaload::test::range_loads {
namespace {

using Parameters = std::tuple<std::string_view, Mode, std::string>;

std::string name_of(const testing::TestParamInfo<Parameters>& info)
{
    const auto& [method, mode, directory] = info.param;
    return word(std::string(method) + "_" + std::string(to_string(mode)) + directory);
}

class Ranges : public testing::TestWithParam<Parameters> {
protected:
    void SetUp() override
    {
        const auto& [method, mode, directory] = GetParam();
        if (const auto loader = RangeLoader::create(method, mode, heap_name); !loader)
            GTEST_SKIP() << loader.error().message();
    }
    static void check(const std::vector<FileRange>& ranges, const std::map<std::string, std::uint64_t>& seeds,
                      std::uint64_t buffer_size = 0)
    {
        const auto& [method, mode, directory] = GetParam();
        const std::size_t fds = count_fds();
        {
            const auto loader = RangeLoader::create(method, mode, heap_name);
            ASSERT_TRUE(loader) << loader.error().message();
            const auto loaded = loader->load(ranges, buffer_size);
            ASSERT_TRUE(loaded) << loaded.error().message();
            EXPECT_EQ(count_fds(), fds + 2) << "the heap and the dma-buf stay open, no file";
            EXPECT_EQ(check_ranges(*loaded, seeds), "");
            for (const LoadedRange& range : loaded->ranges) {
                if (mode == Mode::buffered) {
                    EXPECT_EQ(to_string(range.path_taken), "buffered");
                } else if (offers_direct(range.file)) {
                    EXPECT_NE(to_string(range.path_taken), "buffered");
                }
            }
        }
        EXPECT_EQ(count_fds(), fds);
    }
};

TEST_P(Ranges, WholeFilesLieBehindEachOther)
{
    const auto& [method, mode, directory] = GetParam();
    const TestFile one(directory, 20 * MiB + 1, 1);
    const TestFile two(directory, 64 * KiB + 511, 2);
    const TestFile three(directory, 9 * MiB, 3);
    check({{.file = one.path()}, {.file = two.path()}, {.file = three.path()}},
          {{one.path(), 1}, {two.path(), 2}, {three.path(), 3}});
}

// Offsets are multiples of 4 KB, which is enough for direct reads everywhere; lengths are odd.
TEST_P(Ranges, PartsInAnyOrderWithGaps)
{
    const auto& [method, mode, directory] = GetParam();
    const TestFile one(directory, 12 * MiB + 777, 1);
    const TestFile two(directory, 3 * MiB, 2);
    check({{.file = one.path(), .file_offset = 8 * KiB, .length = 9 * MiB + 3, .buffer_offset = 5 * MiB},
           {.file = two.path(), .file_offset = MiB, .length = MiB + 1, .buffer_offset = 0},
           {.file = one.path(), .file_offset = 12 * MiB, .buffer_offset = 4 * MiB},
           {.file = one.path(), .file_offset = 12 * MiB, .length = 1, .buffer_offset = 3 * MiB},
           {.file = two.path(), .length = 4 * KiB}},
          {{one.path(), 1}, {two.path(), 2}}, 40 * MiB);
}

TEST_P(Ranges, ManySmallOnes)
{
    const auto& [method, mode, directory] = GetParam();
    constexpr std::uint64_t count = 600;
    const TestFile file(directory, count * 4 * KiB, 1);
    std::vector<FileRange> ranges;
    for (std::uint64_t i = 0; i < count; ++i)
        ranges.push_back({.file = file.path(),
                          .file_offset = (count - 1 - i) * 4 * KiB,
                          .length = 1 * KiB + i,
                          .buffer_offset = i * 4 * KiB});
    check(ranges, {{file.path(), 1}});
}

INSTANTIATE_TEST_SUITE_P(Files, Ranges,
                         testing::Combine(testing::ValuesIn(range_methods().begin(), range_methods().end()),
                                          testing::Values(Mode::direct, Mode::buffered),
                                          testing::ValuesIn(directories())),
                         name_of);

}  // namespace
}  // namespace dmaload::test::range_loads
