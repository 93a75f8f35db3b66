// SPDX-License-Identifier: Apache-2.0
// Contract, rules 6 and 7: a disk that fails, is late, or goes away. Whatever
// it does, the buffer holds the file, or there is the disk's error and no
// buffer. (Errors of a whole device that begin at a place and do not end are
// in tests/contract.)
#include <cerrno>
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <thread>

#include <sys/wait.h>

#include "faulty_disk.hpp"
#include "progress.hpp"
#include "small_batches.hpp"
#include "support/holdings.hpp"
#include "support/process.hpp"

namespace faults {
namespace {

using std::chrono::milliseconds;

// Several batches: 256 KB, 512 KB and more; only a few of their blocks fail.
constexpr std::uint64_t several_batches = 3 * contract::megabyte + 77;

class DeviceFaultTest : public FaultyDiskTest {
protected:
    /// Loads while blocks of the file cannot be read, and when they can again.
    void expect_error_then_content(const contract::TemporaryFile& file,
                                   const std::set<std::uint64_t>& bad_offsets)
    {
        {
            const Condition bad(disk(), disk().failing(file.path(), bad_offsets));
            EXPECT_EQ(load(file), contract::Errno{EIO});
        }
        EXPECT_EQ(load(file), contract::Errno{}) << "of the sound disk";
    }
};

TEST_P(DeviceFaultTest, ErrorInOneBatch)
{
    const contract::TemporaryFile file(disk().folder(), several_batches);
    for (const std::uint64_t offset : {std::uint64_t{0}, file.size() / 2, file.size() - 1}) {
        SCOPED_TRACE("error at byte " + std::to_string(offset));
        expect_error_then_content(file, {offset});
    }
    EXPECT_TRUE(nobody_writes(file.path()));
}

TEST_P(DeviceFaultTest, ErrorsInSeveralBatches)
{
    const contract::TemporaryFile file(disk().folder(), several_batches);
    std::set<std::uint64_t> everywhere;
    for (std::uint64_t offset = 0; offset < file.size(); offset += 200 * contract::kilobyte)
        everywhere.insert(offset);
    expect_error_then_content(file, everywhere);
    EXPECT_TRUE(nobody_writes(file.path()));
}

TEST_P(DeviceFaultTest, NowAndThen)
{
    const contract::TemporaryFile file(disk().folder(), several_batches);
    int right = 0;
    int failed = 0;
    {
        const Condition flakey(disk(), disk().failing_now_and_then());
        const bool both = contract::eventually([&] {
            const contract::Errno error = load(file);
            ++(error == contract::Errno{} ? right : failed);
            EXPECT_TRUE(error == contract::Errno{} || error == contract::Errno{EIO}) << error;
            return right > 0 && failed > 0;
        });
        EXPECT_TRUE(both) << right << " loads were right, " << failed << " failed";
    }
    EXPECT_EQ(load(file), contract::Errno{}) << "of the sound disk";
    EXPECT_TRUE(nobody_writes(file.path()));
}

TEST_P(DeviceFaultTest, VeryLate)
{
    constexpr milliseconds delay(500);
    const contract::TemporaryFile file(disk().folder(), several_batches);
    const Condition late(disk(), disk().late(delay));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(load(file), contract::Errno{});
    EXPECT_GE(std::chrono::steady_clock::now() - start, delay) << "nothing was read from the disk";
    EXPECT_TRUE(nobody_writes(file.path()));
}

// What is in flight when the kill comes takes one delay, and nothing more is begun.
TEST_P(DeviceFaultTest, KilledEndsWithWhatIsInFlight)
{
    using Clock = std::chrono::steady_clock;
    constexpr milliseconds delay(500);
    constexpr milliseconds few_delays = 3 * delay;
    const contract::TemporaryFile file(disk().folder(), 8 * contract::megabyte + 77);
    // Buffered, one delay brings a batch and what is read ahead behind it: with small ones there are many.
    const SmallBatches small;
    const Condition late(disk(), disk().late(delay));

    const auto start = Clock::now();
    Clock::duration undisturbed{};
    const auto take_time = [&](Load& load) {
        undisturbed = Clock::now() - start;
        return load.take_and_compare();
    };
    ASSERT_EQ(load(file, {}, take_time), contract::Errno{});
    ASSERT_GE(undisturbed, 2 * few_delays) << "a kill of such a load would make no difference";

    const Progress progress;
    // While as much as may be is in flight, and when there has been an answer.
    for (const milliseconds moment : {delay / 2, delay * 3 / 2}) {
        SCOPED_TRACE("after " + std::to_string(moment.count()) + " ms");
        const contract::Holdings holdings;
        {
            const Load load(GetParam(), heap(), file);
            progress.reset();
            contract::Child child([&] { return progress.load_on(load); });
            ASSERT_TRUE(progress.has_begun());
            std::this_thread::sleep_for(moment);
            const auto kill = Clock::now();
            child.signal(SIGKILL);
            const auto status = child.wait();
            const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - kill);
            ASSERT_TRUE(status) << "the child did not end";
            EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL)
                << "wait status " << *status << ", load: " << progress.error();
            EXPECT_TRUE(progress.is_in_call());
            EXPECT_LT(took, few_delays) << "it took " << took.count() << " ms";
        }
        EXPECT_EQ(holdings.lasting_change(), "");
    }
    EXPECT_TRUE(nobody_writes(file.path()));
}

TEST_P(DeviceFaultTest, StandsStillInTheMiddle)
{
    const SmallBatches small;
    const contract::TemporaryFile file(disk().folder(), SmallBatches::several_windows);
    const Condition waiting(disk(), disk().waiting());
    // A suspended device refuses to read ahead, and pages that were not read ahead are read one by one: each
    // of them late, that would take minutes. So the disk that goes on is a quick one.
    const auto stand_still = [&] {
        disk().device().suspend();
        std::this_thread::sleep_for(milliseconds(500));
        disk().device().replace(disk().sound());
    };
    EXPECT_EQ(load(file, {reads_wait, stand_still}), contract::Errno{});
    EXPECT_TRUE(nobody_writes(file.path()));
}

// What "dmsetup remove --force" does to a device that is in use.
TEST_P(DeviceFaultTest, DiesInTheMiddle)
{
    const SmallBatches small;
    const contract::TemporaryFile file(disk().folder(), SmallBatches::several_windows);
    {
        const Condition waiting(disk(), disk().waiting());
        const auto die = [&] { disk().device().replace(disk().dead()); };
        EXPECT_EQ(load(file, {reads_wait, die}), contract::Errno{EIO});
        EXPECT_EQ(load(file), contract::Errno{EIO}) << "of a dead disk";
    }
    EXPECT_EQ(load(file), contract::Errno{}) << "of the disk that is there again";
    EXPECT_TRUE(nobody_writes(file.path()));
}

INSTANTIATE_TEST_SUITE_P(All, DeviceFaultTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
