// SPDX-License-Identifier: Apache-2.0
// Contract, rule 3: no dma-buf exists before the last byte has arrived. The
// number of its descriptor can be guessed, so another thread keeps guessing.
#include <atomic>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/fuse_file.hpp"

namespace contract {
namespace {

using ReservationTest = PlaceTest;

TEST_P(ReservationTest, WhoeverSeesTheDescriptorSeesTheWholeFile)
{
    constexpr std::uint64_t size = 32 * megabyte + 17;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    for (int round = 0; round < 3; ++round) {
        forget_pages(file.path());
        const int guess = next_fd();
        std::atomic<bool> ready{false};
        std::atomic<long> refused{0};
        ::testing::AssertionResult seen = ::testing::AssertionFailure() << "the descriptor was never seen";
        std::thread watcher([&] {
            ready = true;
            while (::fcntl(guess, F_GETFD) < 0) {
                EXPECT_EQ(Errno{errno}, Errno{EBADF});
                ++refused;
            }
            seen = holds_pattern(guess, size, 1);
        });
        while (!ready)
            std::this_thread::yield();
        const Outcome loaded = load(fd.get());
        if (loaded.error != Errno{}) {
            // Gives the watcher something to find, so that it ends.
            ::dup2(fd.get(), guess);
            watcher.join();
            ::close(guess);
            FAIL() << loaded.error;
        }
        watcher.join();
        EXPECT_EQ(loaded.dmabuf.get(), guess);
        EXPECT_TRUE(seen);
        EXPECT_GT(refused, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(All, ReservationTest, ::testing::ValuesIn(all_places()), place_name);

// The load stands still in the middle for as long as the test likes.
class HeldLoadTest : public ContractTest {};

TEST_F(HeldLoadTest, ReservedNumberIsEbadfToEverybody)
{
    constexpr std::uint64_t size = 8 * megabyte;
    auto file = FuseFile::make(size, 1);
    if (!file)
        GTEST_SKIP() << file.error();
    const UniqueFd fd = open_file((*file)->path(), O_RDONLY);
    (*file)->hold_from(4 * megabyte);
    const int number = next_fd();
    const auto dmabufs = count_dmabufs();
    Outcome loaded;
    std::thread loader([&] { loaded = load(fd.get()); });
    EXPECT_TRUE((*file)->holds_a_read());

    struct stat status{};
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::fstat(number, &status), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::dup(number), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::close(number), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBADF});
    EXPECT_EQ(::dup2(fd.get(), number), -1);
    EXPECT_EQ(Errno{errno}, Errno{EBUSY}) << "the number is not reserved";
    EXPECT_GT(next_fd(), number) << "the number is not reserved";
    EXPECT_EQ(count_dmabufs(), dmabufs) << "a dma-buf exists before its bytes";

    (*file)->release();
    loader.join();
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(loaded.dmabuf.get(), number);
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

}  // namespace
}  // namespace contract
