// SPDX-License-Identifier: Apache-2.0
// Contract, rule 7: signals that do not kill do not disturb a load.
#include <atomic>
#include <csignal>
#include <thread>

#include <pthread.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "support/fixture.hpp"
#include "support/process.hpp"

namespace contract {
namespace {

constexpr std::uint64_t size = 12 * megabyte + 5;
constexpr int loads = 4;

volatile std::sig_atomic_t handled = 0;
void count_signal(int)
{
    handled = handled + 1;
}

/// A handler that does not restart system calls, put back in the end.
class Handler {
public:
    explicit Handler(int number) : number_(number)
    {
        struct sigaction action{};
        action.sa_handler = count_signal;
        handled = 0;
        if (::sigaction(number_, &action, &before_) != 0)
            throw_errno("sigaction");
    }
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    ~Handler() { ::sigaction(number_, &before_, nullptr); }

private:
    int number_;
    struct sigaction before_{};
};

class SignalTest : public PlaceTest {
protected:
    /// The errors of a few loads; the content of the last one is checked
    /// later, when no signal disturbs the test itself.
    void load_repeatedly(const TemporaryFile& file, Outcome& last, std::vector<Errno>& errors)
    {
        const UniqueFd fd = open(file);
        for (int i = 0; i < loads; ++i) {
            last = load(fd.get());
            errors.push_back(last.error);
        }
    }
    static void check(const Outcome& last, const std::vector<Errno>& errors)
    {
        for (const Errno error : errors)
            EXPECT_EQ(error, Errno{});
        ASSERT_TRUE(last.dmabuf);
        EXPECT_TRUE(holds_pattern(last.dmabuf.get(), size, 1));
        EXPECT_GT(handled, 0) << "no signal came";
    }
};

TEST_P(SignalTest, TimerEveryMillisecond)
{
    const TemporaryFile file(folder(), size);
    const Handler handler(SIGALRM);
    Outcome last;
    std::vector<Errno> errors;
    const itimerval every{{0, 1000}, {0, 1000}};
    const itimerval never{};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &every, nullptr), 0);
    load_repeatedly(file, last, errors);
    ASSERT_EQ(::setitimer(ITIMER_REAL, &never, nullptr), 0);
    check(last, errors);
}

TEST_P(SignalTest, StormFromAnotherThread)
{
    const TemporaryFile file(folder(), size);
    const Handler handler(SIGUSR1);
    Outcome last;
    std::vector<Errno> errors;
    std::atomic<bool> done{false};
    std::thread storm([&done, target = ::pthread_self()] {
        while (!done) {
            ::pthread_kill(target, SIGUSR1);
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    });
    load_repeatedly(file, last, errors);
    done = true;
    storm.join();
    check(last, errors);
}

TEST_P(SignalTest, StoppedAndContinued)
{
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    RandomDelay delay(std::chrono::milliseconds(20));
    Child child([&] {
        for (int i = 0; i < loads; ++i) {
            const Outcome loaded = load(fd.get());
            if (loaded.error != Errno{})
                return loaded.error.value;
            if (!holds_pattern(loaded.dmabuf.get(), size, 1))
                return 250;
        }
        return 0;
    });
    while (!child.ended()) {
        child.signal(SIGSTOP);
        delay.sleep();
        child.signal(SIGCONT);
        delay.sleep();
    }
    const int status = *child.ended();
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << "errno of a load, or 250 for wrong content";
}

INSTANTIATE_TEST_SUITE_P(All, SignalTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
