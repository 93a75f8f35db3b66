// SPDX-License-Identifier: Apache-2.0
// gather_limit: checked when it is written, and no value of it changes what
// is loaded.
#include <algorithm>
#include <cerrno>

#include "support/fixture.hpp"
#include "support/gather_limit.hpp"

namespace contract {
namespace {

class GatherLimitTest : public ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        if (!GatherLimit::exists())
            GTEST_SKIP() << GatherLimit::path << " is not there: the series is not complete";
    }
};

TEST_F(GatherLimitTest, OutOfRangeIsRefusedAndChangesNothing)
{
    const GatherLimit limit;
    ASSERT_EQ(limit.set("1M"), Errno{});
    for (const char* text : {"0", "1", "4095", "268435457", "257M", "1G", "16E", "99999999999999999999", "-1",
                             "-4096", "garbage", "4096 garbage", "8MB", "0x", " ", "\n"}) {
        EXPECT_EQ(limit.set(text), Errno{EINVAL}) << '"' << text << '"';
        EXPECT_EQ(limit.get(), megabyte) << '"' << text << '"';
    }
}

TEST_F(GatherLimitTest, InRangeIsTakenInWholePages)
{
    const GatherLimit limit;
    const struct {
        const char* text;
        std::uint64_t bytes;
    } values[] = {{"268435456", 256 * megabyte}, {"256M", 256 * megabyte}, {"8M\n", 8 * megabyte},
                  {"65536", 64 * kilobyte},      {"0x100000", megabyte},   {"65537", 64 * kilobyte + 1}};
    for (const auto& value : values) {
        EXPECT_EQ(limit.set(value.text), Errno{}) << value.text;
        EXPECT_EQ(limit.get(), round_up(value.bytes, page_size())) << value.text;
    }
    EXPECT_EQ(limit.set(std::to_string(page_size())), Errno{});
    EXPECT_EQ(limit.get(), page_size());
}

using GatherContentTest = PlaceTest;

TEST_P(GatherContentTest, EveryLimitLoadsTheFile)
{
    if (!GatherLimit::exists())
        GTEST_SKIP() << GatherLimit::path << " is not there: the series is not complete";
    const GatherLimit limit;
    // Smaller than the heap's largest page (1 MB), not a multiple of it, larger than any file here.
    for (const std::uint64_t bytes :
         {page_size(), 64 * kilobyte, megabyte, 3 * megabyte + page_size(), 8 * megabyte, 256 * megabyte}) {
        ASSERT_EQ(limit.set(std::to_string(bytes)), Errno{});
        // A limit of one page makes a request of each: a small file is enough.
        const std::uint64_t most = std::min<std::uint64_t>(12 * megabyte, bytes * 512);
        for (const std::uint64_t size :
             {bytes - 1, bytes, bytes + 1, 2 * bytes + page_size() + 1, most + 513}) {
            if (size > most + 513)
                continue;
            const TemporaryFile file(folder(), size, size);
            const UniqueFd fd = open(file);
            const Outcome loaded = load(fd.get());
            ASSERT_EQ(loaded.error, Errno{}) << size << " bytes, limit " << bytes;
            EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, size)) << "limit " << bytes;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, GatherContentTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
