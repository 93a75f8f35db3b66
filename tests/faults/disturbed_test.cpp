// SPDX-License-Identifier: Apache-2.0
// Contract, rule 7: what others do to a process that loads: a debugger, the
// OOM killer of its control group, and a seccomp filter of its own.
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <sstream>
#include <string>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_test.hpp"
#include "progress.hpp"
#include "support/block.hpp"
#include "support/control_group.hpp"
#include "support/fixture.hpp"
#include "support/holdings.hpp"
#include "support/process.hpp"

namespace faults {
namespace {

constexpr std::uint64_t size = 6 * contract::megabyte + 77;
constexpr std::chrono::milliseconds longest_delay(60);
// Loads follow each other, and a moment may fall between two.
constexpr int attempts = 5;

class DisturbedTest : public LoadTest {
protected:
    void SetUp() override
    {
        LoadTest::SetUp();
        file_.emplace(contract::disk_folder(), size);
        holdings_.emplace();
    }

    void TearDown() override
    {
        EXPECT_EQ(holdings_->lasting_change(), "");
        EXPECT_TRUE(nobody_writes(file_->path()));
        EXPECT_EQ(load(*file_), contract::Errno{});
        file_.reset();
    }

    [[nodiscard]] const contract::TemporaryFile& file() const { return *file_; }
    [[nodiscard]] const Progress& progress() const { return progress_; }
    [[nodiscard]] contract::RandomDelay& delay() { return delay_; }

private:
    std::optional<contract::TemporaryFile> file_;
    std::optional<contract::Holdings> holdings_;
    Progress progress_;
    contract::RandomDelay delay_{longest_delay};
};

/// Waits until a traced child has stopped; false if it has ended. What is seen is left for Child.
bool has_stopped(pid_t child)
{
    siginfo_t info{};
    const bool changed = contract::eventually([&] {
        info = {};
        return ::waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED | WEXITED | WNOWAIT | WNOHANG) ==
                   0 &&
               info.si_pid == child;
    });
    EXPECT_TRUE(changed) << "a traced child neither stops nor ends";
    return changed && (info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED);
}

TEST_P(DisturbedTest, TracedInTheMiddle)
{
    constexpr int loads = 2;
    constexpr int wrong_content = 250;
    contract::Child child([&] {
        for (int i = 0; i < loads; ++i) {
            Load load(GetParam(), heap(), file());
            if (const contract::Errno error = progress().call(load); error.value != 0)
                return error.value;
            if (!load.take_and_compare())
                return wrong_content;
        }
        return 0;
    });
    int within = 0;
    for (bool seize = false; !child.ended(); seize = !seize) {
        if (seize ? ::ptrace(PTRACE_SEIZE, child.id(), 0, 0) == 0 &&
                        ::ptrace(PTRACE_INTERRUPT, child.id(), 0, 0) == 0
                  : ::ptrace(PTRACE_ATTACH, child.id(), 0, 0) == 0) {
            if (!has_stopped(child.id()))
                break;
            // It stops where its call ends, before that is counted.
            within += progress().is_in_call() ? 1 : 0;
            EXPECT_EQ(::ptrace(PTRACE_DETACH, child.id(), 0, 0), 0);
        }
        delay().sleep();
    }
    const auto status = child.wait();
    ASSERT_TRUE(status && WIFEXITED(*status));
    EXPECT_EQ(WEXITSTATUS(*status), 0) << "errno of a load, or 250 for wrong content";
    EXPECT_GT(within, 0) << "it was never stopped in a load";
}

TEST_P(DisturbedTest, KilledWhileTraced)
{
    int within = 0;
    for (int i = 0; i < 3; ++i) {
        const Load load(GetParam(), heap(), file());
        progress().reset();
        contract::Child child([&] { return progress().load_on(load); });
        ASSERT_TRUE(progress().has_begun());
        ASSERT_EQ(::ptrace(PTRACE_SEIZE, child.id(), 0, 0), 0);
        delay().sleep();
        child.signal(SIGKILL);
        const auto status = child.wait();
        ASSERT_TRUE(status) << "the child did not end";
        EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL);
        within += progress().is_in_call() ? 1 : 0;
    }
    EXPECT_GT(within, 0) << "no kill came in the middle of a load";
}

/// In a child: takes memory until that is its end, the last of it as a call begins.
int use_memory(const Progress& progress)
{
    constexpr std::size_t little = 6 * contract::megabyte;
    constexpr std::size_t much = 64 * contract::megabyte;
    void* memory = ::mmap(nullptr, much, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 2;
    auto* bytes = static_cast<volatile char*>(memory);
    for (std::size_t i = 0; i < much; i += 4096) {
        if (i == little && progress.next_call() == 0)
            return 3;
        bytes[i] = 1;
    }
    return 4;
}

// The buffers are not charged to the group (tests/contract), so another thread brings it to its limit.
TEST_P(DisturbedTest, KilledForMemoryOfItsControlGroup)
{
    const auto root = contract::Mount::of("cgroup2", "cgroup2");
    ASSERT_TRUE(root) << root.error();
    const contract::ControlGroup group(root->path());
    ASSERT_EQ(contract::write_text(group.file("memory.max"), "12M"), contract::Errno{});
    const Load load(GetParam(), heap(), file());
    bool within = false;
    for (int i = 0; i < attempts && !within && !HasFailure(); ++i) {
        progress().reset();
        contract::Child child([&] {
            // What the splats of a guest are allowed for: tests/guest/splats/allow.
            if (::prctl(PR_SET_NAME, "out-of-memory") != 0 ||
                contract::write_text(group.file("cgroup.procs"), "0").value != 0)
                return 1;
            progress().load_in_threads(load, 1);
            return use_memory(progress());
        });
        const auto status = child.wait();
        ASSERT_TRUE(status) << "the child did not end";
        EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL)
            << "wait status " << *status << ", load: " << progress().error();
        within = progress().is_in_call();
    }
    EXPECT_TRUE(within) << "no kill came in the middle of a load";
    std::istringstream words(contract::read_text(group.file("memory.events")));
    long kills = 0;
    for (std::string word; words >> word;)
        if (word == "oom_kill")
            words >> kills;
    EXPECT_GE(kills, 1) << "it was not the OOM killer";
}

/// Has a filter do something at each ioctl of the process, of all its threads. False if there can be none.
bool filter_ioctl(std::uint32_t action)
{
    const auto nr = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
    std::array<sock_filter, 4> program{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, action), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0;
}

/// Exit codes of a child, beside errno.
enum : int { no_call = 251, no_filter, between_calls, still_there };

/// In a child: loads in a thread, and filters ioctl while that is within a call; an exit code if it was not.
int filter_within_a_call(const Progress& progress, const Load& load, std::uint32_t action)
{
    progress.load_in_threads(load, 1);
    const long call = progress.next_call();
    if (call == 0)
        return no_call;
    if (!filter_ioctl(action))
        return no_filter;
    return progress.is_in_call(call) ? 0 : between_calls;
}

/// Has a child end in a way that filter_within_a_call() begins, until that has come within a call. Its wait
/// status.
std::optional<int> status_when_within(const Progress& progress, const std::function<int()>& body)
{
    std::optional<int> status;
    for (int i = 0; i < attempts; ++i) {
        progress.reset();
        contract::Child child(body);
        status = child.wait();
        if (!status || !WIFEXITED(*status) || WEXITSTATUS(*status) != between_calls)
            break;
    }
    return status;
}

TEST_P(DisturbedTest, ForbiddenByAFilterInTheMiddle)
{
    const Load load(GetParam(), heap(), file());
    const auto status = status_when_within(progress(), [&] {
        // The call that is under way ends as if nothing had been; the next is forbidden.
        if (const int problem = filter_within_a_call(progress(), load, SECCOMP_RET_ERRNO | EPERM))
            return problem;
        contract::eventually([&] { return progress().error() != contract::Errno{}; });
        return progress().error().value;
    });
    ASSERT_TRUE(status && WIFEXITED(*status));
    EXPECT_EQ(WEXITSTATUS(*status), EPERM)
        << "errno of the load, or " << no_call << " no call, " << no_filter << " no filter, " << between_calls
        << " it never came within a call";
}

TEST_P(DisturbedTest, KilledByAFilterInTheMiddle)
{
    const Load load(GetParam(), heap(), file());
    const auto status = status_when_within(progress(), [&] {
        const rlimit no_core{};
        ::setrlimit(RLIMIT_CORE, &no_core);
        if (const int problem = filter_within_a_call(progress(), load, SECCOMP_RET_KILL_PROCESS))
            return problem;
        // Not one ioctl more, be it this thread's.
        static_cast<void>(load.call_and_close());
        return static_cast<int>(still_there);
    });
    ASSERT_TRUE(status) << "the child did not end";
    EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGSYS) << "wait status " << *status;
}

INSTANTIATE_TEST_SUITE_P(All, DisturbedTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
