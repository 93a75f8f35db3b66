// SPDX-License-Identifier: Apache-2.0
#include <bench/competing_reader.hpp>
#include <bench/condition.hpp>
#include <bench/test_file.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

class CompetingReader : public testing::InTemporaryFolder {
protected:
    /// Whether this filesystem can be read directly at all.
    [[nodiscard]] bool make_file()
    {
        return make_pattern_file(path(), std::uint64_t{3} << 19U) && start_competing_reader(path());
    }
    [[nodiscard]] std::string path() const { return folder_ + "/read"; }
};

TEST_F(CompetingReader, ReadsAgainAndAgain)
{
    if (!make_file())
        GTEST_SKIP() << "no direct reads here";
    const auto reader = start_competing_reader(path());
    ASSERT_TRUE(reader) << reader.error().message();
    const auto before = reader->cpu_time();
    auto after = before;
    for (int i = 0; i < 1000 && after == before; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        after = reader->cpu_time();
    }
    EXPECT_GT(after, before);
}

TEST_F(CompetingReader, IsAConditionThatIsDescribed)
{
    if (!make_file())
        GTEST_SKIP() << "no direct reads here";
    const auto condition = Condition::create({.read_file = path()}, "system");
    ASSERT_TRUE(condition) << condition.error().message();
    EXPECT_EQ(condition->description()["read_file"], path());
}

TEST_F(CompetingReader, SaysWhatCannotBeRead)
{
    const auto missing = start_competing_reader(path());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ENOENT);
    EXPECT_EQ(missing.error().object, path());
    write("short", "less than a block");
    EXPECT_FALSE(start_competing_reader(folder_ + "/short"));
    EXPECT_FALSE(Condition::create({.read_file = path()}, "system"));
}

}  // namespace
}  // namespace dmaload::bench
