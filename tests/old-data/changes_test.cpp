// SPDX-License-Identifier: Apache-2.0
// Files that are cut and that grow while they are read. What is right then is
// told by tests/contract (ChangeTest); here it is only what must never be seen.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include <unistd.h>

#include "old_data_test.hpp"
#include "support/process.hpp"

namespace old_data {
namespace {

using contract::megabyte;

class ChangesTest : public OldDataPlaceTest {
protected:
    static constexpr std::uint64_t size = 3 * megabyte + 100;

    void SetUp() override
    {
        if (kernel_is_broken())
            GTEST_SKIP()
                << "on the broken kernel it is left to chance whether there is something to be found";
        OldDataPlaceTest::SetUp();
    }
    void TearDown() override
    {
        if (!kernel_is_broken())
            OldDataPlaceTest::TearDown();
    }

    /// Reads the file again and again, each time with \p change to it in a thread at some moment, until one
    /// has come in the middle. A call that succeeds shows no mark, one that fails nothing at all.
    template <class Change>
    void read_while(const char* what, Change change)
    {
        SCOPED_TRACE(what);
        constexpr int rounds = 4;
        constexpr int most_rounds = 60;
        contract::RandomDelay delay(time_of_a_call());
        int in_the_middle = 0;
        for (int round = 0; round < rounds || (in_the_middle == 0 && round < most_rounds); ++round) {
            const contract::TemporaryFile file(folder(), size);
            const contract::UniqueFd fd = open(file);
            const Reading reading = whole_file(fd.get(), size)[round % 2 == 0 ? 0 : 1];
            const int number = contract::next_fd();
            contract::Outcome loaded;
            enum class State { before, in_call, behind };
            std::atomic<State> state{State::before};
            std::thread changer([&] {
                while (state == State::before)
                    std::this_thread::yield();
                delay.sleep();
                in_the_middle += state == State::in_call ? 1 : 0;
                change(file.path());
            });
            state = State::in_call;
            loaded = reading.on(heap());
            state = State::behind;
            changer.join();
            if (loaded.error == contract::Errno{}) {
                EXPECT_EQ(mark_in(loaded.dmabuf.get()), std::nullopt);
                keep(std::move(loaded.dmabuf));
            } else {
                // EINVAL: the file was cut before the call, which asks for more than there is.
                EXPECT_TRUE(loaded.error == contract::Errno{EIO} || loaded.error == contract::Errno{EINVAL})
                    << loaded.error;
                EXPECT_EQ(::lseek(number, 0, SEEK_CUR), -1) << "a descriptor is there though the call failed";
            }
        }
        EXPECT_GT(in_the_middle, 0) << "no change has begun while a call ran";
    }

private:
    /// When nothing changes.
    std::chrono::microseconds time_of_a_call()
    {
        const contract::TemporaryFile file(folder(), size);
        const contract::UniqueFd fd = open(file);
        const Reading reading = whole_file(fd.get(), size)[0];
        const auto start = std::chrono::steady_clock::now();
        contract::Outcome loaded = reading.on(heap());
        const auto end = std::chrono::steady_clock::now();
        EXPECT_EQ(loaded.error, contract::Errno{});
        if (loaded.dmabuf)
            keep(std::move(loaded.dmabuf));
        return std::chrono::duration_cast<std::chrono::microseconds>(end - start);
    }
};

TEST_P(ChangesTest, NeitherCuttingNorGrowingShowsAnything)
{
    read_while("cut",
               [](const std::string& path) { EXPECT_EQ(::truncate(path.c_str(), megabyte + 100), 0); });
    read_while("cut and made longer again", [](const std::string& path) {
        EXPECT_EQ(::truncate(path.c_str(), 5000), 0);
        EXPECT_EQ(::truncate(path.c_str(), size + megabyte), 0);
    });
    read_while("grown", [](const std::string& path) {
        const contract::UniqueFd fd = contract::open_file(path, O_WRONLY | O_APPEND);
        for (int i = 0; i < 500; ++i)
            EXPECT_EQ(::write(fd.get(), "\xEE", 1), 1);
    });
}

INSTANTIATE_TEST_SUITE_P(All, ChangesTest, ::testing::ValuesIn(everywhere({"system"})), where_name);

}  // namespace
}  // namespace old_data
