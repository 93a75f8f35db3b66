// SPDX-License-Identifier: Apache-2.0
#include <bench/stages.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

#include "temporary_folder.hpp"

namespace dmaload::bench {
namespace {

using namespace std::chrono_literals;

class BenchKnobs : public testing::InTemporaryFolder {
protected:
    [[nodiscard]] std::string all() const
    {
        return read("vmap") + read("one_batch") + read("zero") + read("sync");
    }
    void make_knobs() const
    {
        for (const char* knob : {"vmap", "one_batch", "sync"})
            write(knob, "0\n");
        write("zero", "1\n");
    }
};

const Stage& stage(std::string_view name)
{
    return *std::ranges::find(stages(), name, &Stage::name);
}

TEST(BenchStages, FirstIsTheSimplestAndLastIsTheMethodItself)
{
    EXPECT_EQ(stages().front().name, "alloc-read:sync");
    EXPECT_EQ(stages().back().name, "alloc-read");
    EXPECT_TRUE(stages().back().knobs.empty());
    EXPECT_EQ(stage_place("alloc-read:window"), 3U);
    EXPECT_FALSE(stage_place("udmabuf"));
}

TEST_F(BenchKnobs, AreOnWithinAScopeOffOutsideAndBackInTheEnd)
{
    make_knobs();
    {
        const auto knobs = Knobs::take(folder_);
        ASSERT_TRUE(knobs) << knobs.error().message();
        EXPECT_EQ(all(), "0000");
        {
            const auto scope = knobs->turn_on(stage("alloc-read:vmap"));
            ASSERT_TRUE(scope);
            EXPECT_EQ(all(), "1110");
        }
        EXPECT_EQ(all(), "0000");
        {
            const auto scope = knobs->turn_on(stage("alloc-read:sync"));
            ASSERT_TRUE(scope);
            EXPECT_EQ(all(), "0011");
        }
        EXPECT_EQ(all(), "0000");
    }
    EXPECT_EQ(all(), "0010");
}

TEST_F(BenchKnobs, ThatAreMissingAreAReason)
{
    make_knobs();
    std::filesystem::remove(folder_ + "/sync");
    const auto knobs = Knobs::take(folder_);
    ASSERT_FALSE(knobs);
    EXPECT_NE(knobs.error().message().find("has no knobs"), std::string::npos);
    EXPECT_EQ(read("zero"), "1") << "nothing was touched";
}

TEST_F(BenchKnobs, AreTurnedOffWhereOneOfAStageFails)
{
    make_knobs();
    const auto knobs = Knobs::take(folder_);
    ASSERT_TRUE(knobs);
    std::filesystem::remove(folder_ + "/zero");
    EXPECT_FALSE(knobs->turn_on(stage("alloc-read:vmap")));
    EXPECT_EQ(read("vmap"), "0");
    EXPECT_EQ(read("one_batch"), "0");
}

/// Runs \p body in a process that does not live to the end of it.
void in_a_process_killed(const std::function<void()>& body)
{
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        body();
        _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
}

/// What happens behind a dead process takes a moment.
bool soon(const std::function<bool()>& condition)
{
    for (int i = 0; i < 1000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST_F(BenchKnobs, AreBackAfterTheProcessWasKilled)
{
    make_knobs();
    in_a_process_killed([&] {
        const auto knobs = Knobs::take(folder_);
        const auto scope = knobs->turn_on(stage("alloc-read:vmap"));
        if (all() == "1110")
            kill(getpid(), SIGKILL);
    });
    EXPECT_TRUE(soon([&] { return all() == "0010"; })) << all();
}

}  // namespace
}  // namespace dmaload::bench
