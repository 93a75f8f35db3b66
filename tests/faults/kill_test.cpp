// SPDX-License-Identifier: Apache-2.0
// Contract, rule 7: callers that end in the middle of a load, in every way in
// which a process can, and nothing of them is left. SIGKILL comes DMALOAD_KILLS
// times (200 unless set), over all cases and all ways to read.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_test.hpp"
#include "progress.hpp"
#include "support/fixture.hpp"
#include "support/holdings.hpp"
#include "support/knobs.hpp"
#include "support/process.hpp"

namespace faults {
namespace {

using std::chrono::microseconds;

// Eight of the smallest batches, or a few that grow.
constexpr std::uint64_t size = 2 * contract::megabyte + 77;
constexpr int loaders = 4;

class KillTest : public LoadTest {
protected:
    void SetUp() override
    {
        LoadTest::SetUp();
        const std::string folder = GetParam().folder();
        ASSERT_NE(folder, "") << "give the guest a disk, and one with XFS";
        file_.emplace(folder, size);
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(load(*file_), contract::Errno{});
        one_load_ = std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start);
    }

    void TearDown() override
    {
        if (!file_)
            return;
        EXPECT_TRUE(nobody_writes(file_->path()));
        // It would not be right if a late request had hit memory that is somebody else's by now.
        EXPECT_EQ(load(*file_), contract::Errno{});
        file_.reset();
    }

    [[nodiscard]] const contract::TemporaryFile& file() const { return *file_; }
    /// Moments from the beginning of a load to some time behind its end.
    [[nodiscard]] contract::RandomDelay moments() const { return contract::RandomDelay(one_load_ * 3 / 2); }
    [[nodiscard]] const Progress& progress() const { return progress_; }

    /// Has a child load on and on, and ends it by signals that come at random
    /// moments, one after the other. Whether the last came within a call.
    bool end_by(const std::vector<int>& signals, contract::RandomDelay& moment)
    {
        const Load load(GetParam(), heap(), *file_);
        progress_.reset();
        contract::Child child([&] { return progress_.load_on(load); });
        EXPECT_TRUE(progress_.has_begun());
        for (const int number : signals) {
            moment.sleep();
            child.signal(number);
        }
        const auto status = child.wait();
        EXPECT_TRUE(status) << "the child did not end";
        EXPECT_TRUE(status && WIFSIGNALED(*status) && WTERMSIG(*status) == signals.back())
            << "wait status " << status.value_or(-1) << ", load: " << progress_.error();
        return progress_.is_in_call();
    }

private:
    std::optional<contract::TemporaryFile> file_;
    microseconds one_load_{};
    Progress progress_;
};

TEST_P(KillTest, SigkillAtARandomMoment)
{
    constexpr std::array<const char*, 5> ways{"", "vmap", "one_batch", "zero", "sync"};
    const long groups = static_cast<long>(all_cases_and_large_folios().size() * ways.size());
    const long kills = (times_of("DMALOAD_KILLS", 200) + groups - 1) / groups;
    contract::RandomDelay moment = moments();
    long within = 0;
    for (const std::string way : ways) {
        SCOPED_TRACE("knob: " + way);
        std::optional<contract::Knob> knob;
        if (!way.empty()) {
            knob.emplace(way);
            ASSERT_EQ(knob->set(true), contract::Errno{});
        }
        const contract::Holdings holdings;
        for (long i = 0; i < kills && !HasFailure(); ++i)
            within += end_by({SIGKILL}, moment) ? 1 : 0;
        EXPECT_EQ(holdings.lasting_change(), "");
    }
    std::printf("    %-32s %ld kills, %ld within a call\n", GetParam().name().c_str(),
                kills * static_cast<long>(ways.size()), within);
    EXPECT_GT(within, 0) << "no kill came in the middle of a load";
}

// SIGTERM ends a load as SIGKILL does. SIGQUIT would dump core, and so waits until the call has ended.
TEST_P(KillTest, OtherSignalsThatEndAProcess)
{
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_CORE, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_CORE, &none), 0);
    contract::RandomDelay moment = moments();
    const contract::Holdings holdings;
    int within = 0;
    for (const int number : {SIGTERM, SIGQUIT, SIGTERM, SIGQUIT})
        within += end_by({number}, moment) ? 1 : 0;
    EXPECT_GT(within, 0) << "no signal came in the middle of a load";
    EXPECT_EQ(holdings.lasting_change(), "");
    EXPECT_EQ(::setrlimit(RLIMIT_CORE, &before), 0);
}

TEST_P(KillTest, StoppedAndKilled)
{
    contract::RandomDelay moment = moments();
    const contract::Holdings holdings;
    int within = 0;
    for (int i = 0; i < 2; ++i) {
        within += end_by({SIGSTOP, SIGKILL}, moment) ? 1 : 0;
        within += end_by({SIGSTOP, SIGCONT, SIGSTOP, SIGCONT, SIGKILL}, moment) ? 1 : 0;
    }
    EXPECT_GT(within, 0) << "no stop came in the middle of a load";
    EXPECT_EQ(holdings.lasting_change(), "");
}

TEST_P(KillTest, ExitAndExecWithLoadingThreads)
{
    contract::RandomDelay moment = moments();
    const Load load(GetParam(), heap(), file());
    const contract::Holdings holdings;
    for (const bool exec : {false, true, false, true}) {
        contract::forget_pages(file().path());
        progress().reset();
        const microseconds time =
            moment.next();  // here, not in the child: it would get the same one each time
        contract::Child child([&] {
            progress().load_in_threads(load, loaders);
            if (!progress().has_begun())
                return 1;
            std::this_thread::sleep_for(time);
            if (progress().error() != contract::Errno{})
                return 2;
            // The other threads end before the new program begins.
            if (exec)
                ::execl("/bin/true", "true", nullptr);
            return exec ? 3 : 0;
        });
        const auto status = child.wait();
        ASSERT_TRUE(status) << "the child did not end";
        EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
            << "wait status " << *status << ": 1 no threads, 2 a load failed, 3 no exec";
    }
    EXPECT_EQ(holdings.lasting_change(), "");
}

INSTANTIATE_TEST_SUITE_P(All, KillTest, ::testing::ValuesIn(all_cases_and_large_folios()), case_name);

}  // namespace
}  // namespace faults
