// SPDX-License-Identifier: Apache-2.0
// Contract, rule 7: a process may end at any point of a load; nothing of it
// is left, and no page was freed that the device still wrote to.
#include <csignal>
#include <thread>

#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/process.hpp"

namespace contract {
namespace {

constexpr std::uint64_t size = 16 * megabyte + 5;
constexpr int kills = 50;
constexpr std::chrono::milliseconds longest_delay(60);

/// Loads until it is stopped; a failure ends the child.
int load_forever(int heap, int file)
{
    dma_heap_allocation_data data{};
    data.file_fd = file;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    data.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
    for (;;) {
        dma_heap_allocation_data result = data;
        if (::ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &result) < 0)
            return 1;
        ::close(static_cast<int>(result.fd));
    }
}

class KillTest : public PlaceTest {
protected:
    /// The file still loads right, which it would not if late I/O had hit
    /// memory that belongs to somebody else by now.
    void still_loads(int fd)
    {
        const Outcome loaded = load(fd);
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
};

TEST_P(KillTest, SigkillInTheMiddle)
{
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    RandomDelay delay(longest_delay);
    const MemoryWatch memory;
    for (int i = 0; i < kills; ++i) {
        forget_pages(file.path());
        Child child([&] { return load_forever(heap(), fd.get()); });
        delay.sleep();
        child.signal(SIGKILL);
        const auto status = child.wait();
        ASSERT_TRUE(status) << "the child did not end";
        ASSERT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL) << "wait status " << *status;
    }
    EXPECT_TRUE(dmabufs_are_gone());
    EXPECT_TRUE(memory.returned());
    still_loads(fd.get());
}

struct Arguments {
    int heap;
    int file;
};

void* load_in_thread(void* arguments)
{
    const auto* which = static_cast<Arguments*>(arguments);
    load_forever(which->heap, which->file);
    return nullptr;
}

TEST_P(KillTest, ExitOfAProcessWithLoadingThreads)
{
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    RandomDelay delay(longest_delay);
    const MemoryWatch memory;
    for (int i = 0; i < 10; ++i) {
        forget_pages(file.path());
        const auto time = delay.next();  // here, not in the child: it would get the same one each time
        Child child([&] {
            Arguments arguments{heap(), fd.get()};
            for (int k = 0; k < 4; ++k) {
                pthread_t thread;
                if (::pthread_create(&thread, nullptr, load_in_thread, &arguments) != 0)
                    return 1;
            }
            std::this_thread::sleep_for(time);
            return 0;
        });
        const auto status = child.wait();
        ASSERT_TRUE(status) << "the child did not end";
        ASSERT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0) << "wait status " << *status;
    }
    EXPECT_TRUE(dmabufs_are_gone());
    EXPECT_TRUE(memory.returned());
    still_loads(fd.get());
}

INSTANTIATE_TEST_SUITE_P(All, KillTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
