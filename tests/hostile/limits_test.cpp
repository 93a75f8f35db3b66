// SPDX-License-Identifier: Apache-2.0
// Many callers at once cannot have more than they can have by plain
// allocations. What a memory cgroup does with it: the pages of a heap's buffer
// are charged to nobody (before Linux 7.0), whether a file is read into them or
// not (MemoryIsChargedAsThatOfAPlainAllocation in tests/contract); the page
// cache of a file that is read through it is the caller's, and is kept within
// the group's limit as it is for read(2).
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fixture.hpp"
#include "support/fuse_file.hpp"
#include "support/kernel_log.hpp"
#include "support/process.hpp"
#include "support/ranges.hpp"
#include "support/whole_memory.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::megabyte;
using contract::UniqueFd;

/// How much less memory is available than \p before, as soon as that grows no more.
long long memory_taken(long long before)
{
    long long taken = 0;
    for (bool grows = true; grows;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        const long long now = before - contract::available_memory();
        grows = now - taken >= static_cast<long long>(megabyte);
        taken = now;
    }
    return taken;
}

class LimitsTest : public contract::RangesTest {
protected:
    static constexpr std::size_t many = 16;
    static constexpr std::uint64_t stalled_size = 48 * megabyte;

    /// Has many callers load a file of which its server gives no byte, and kills them. On average they hold
    /// no more than \p most bytes each, when the server has that many reads to answer.
    void stall_callers(contract::FuseFile& server, int fd, std::size_t held_reads, std::uint64_t most)
    {
        server.hold_from(0);
        const long long before = contract::available_memory();
        std::vector<std::unique_ptr<contract::Child>> children;
        for (std::size_t i = 0; i < many; ++i)
            children.push_back(std::make_unique<contract::Child>([&] { return load(fd).error.value; }));
        EXPECT_TRUE(server.holds_reads(held_reads));
        const long long held = memory_taken(before);
        std::printf("    %zu callers that wait hold %lld KB\n", many, held / 1024);
        EXPECT_LT(held, static_cast<long long>(many * most));
        for (const auto& child : children)
            child->signal(SIGKILL);
        // A request that the server has taken is waited for, as in read(2).
        server.release();
        for (const auto& child : children) {
            const auto status = child->wait();
            EXPECT_TRUE(status && WIFSIGNALED(*status));
        }
        EXPECT_TRUE(dmabufs_are_gone());
    }
};

/// RLIMIT_NOFILE such that this many descriptors more can be had.
class FewFds {
public:
    explicit FewFds(unsigned int more)
    {
        if (::getrlimit(RLIMIT_NOFILE, &before_) != 0)
            contract::throw_errno("getrlimit");
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(contract::next_fd()) + more;
        if (::setrlimit(RLIMIT_NOFILE, &now) != 0)
            contract::throw_errno("setrlimit");
    }
    FewFds(const FewFds&) = delete;
    FewFds& operator=(const FewFds&) = delete;
    ~FewFds() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

// The last of it is looked for everywhere before there is none.
constexpr std::chrono::seconds until_memory_runs_out(120);

// The number is taken before anything is read, so the limit is one for what is under way as well.
TEST_F(LimitsTest, ManyCallersGetAsManyBuffersAsDescriptors)
{
    constexpr unsigned int callers = 24;
    constexpr unsigned int allowed = 5;
    const contract::TemporaryFile file("/dev/shm", megabyte + 77);
    const UniqueFd fd = file.open(O_RDONLY);
    const contract::MemoryWatch memory;
    for (int round = 0; round < 5; ++round) {
        std::vector<contract::Outcome> outcomes(callers);
        {
            const FewFds limit(allowed);
            std::atomic<bool> go{false};
            std::vector<std::thread> threads;
            for (contract::Outcome& outcome : outcomes)
                threads.emplace_back([&] {
                    while (!go)
                        std::this_thread::yield();
                    outcome = load(fd.get());
                });
            go = true;
            for (std::thread& thread : threads)
                thread.join();
        }
        unsigned int had = 0;
        for (const contract::Outcome& outcome : outcomes) {
            had += outcome.dmabuf ? 1 : 0;
            EXPECT_TRUE(outcome.error == Errno{} || outcome.error == Errno{EMFILE}) << outcome.error;
            if (outcome.dmabuf) {
                EXPECT_TRUE(contract::holds_pattern(outcome.dmabuf.get(), file.size(), 1));
            }
        }
        EXPECT_EQ(had, allowed);
    }
    EXPECT_TRUE(memory.returned());
}

// Callers that never get an answer: each holds its next batch, not its whole buffer. Reads of a file on FUSE
// are waited for at once, and so there is the first batch alone: 256 KB, in the heap's first chunk of 1 MB.
// The rest of the limit is what a process takes.
TEST_F(LimitsTest, ManyStalledCallersHoldLessThanTheirBuffers)
{
    const contract::MemoryWatch memory;
    {
        const auto file = contract::FuseFile::make(stalled_size, 1);
        if (!file)
            GTEST_SKIP() << file.error();
        const UniqueFd fd = contract::open_file((*file)->path(), O_RDONLY | O_DIRECT);
        stall_callers(**file, fd.get(), many, 4 * megabyte);
    }
    EXPECT_TRUE(memory.returned());
}

// Before a device has answered 8 MB may be in flight, and half as much is gathered to be next: 12 MB.
TEST_F(LimitsTest, ManyCallersOfAStalledDeviceHoldAWindowAndABatch)
{
    const contract::MemoryWatch memory;
    {
        const auto file = contract::FuseFile::make(stalled_size, 1);
        if (!file)
            GTEST_SKIP() << file.error();
        const auto device = contract::LoopDevice::over((*file)->path());
        if (!device)
            GTEST_SKIP() << device.error();
        const UniqueFd fd = contract::open_file(device->path(), O_RDONLY | O_DIRECT);
        // It reads one after the other.
        stall_callers(**file, fd.get(), 1, 16 * megabyte);
    }
    EXPECT_TRUE(memory.returned());
}

// All memory is taken. For a plain allocation the OOM killer would choose somebody; whoever reads a file
// gives up instead, and gives everything back.
TEST_F(LimitsTest, MemoryRunsOutInTheMiddle)
{
    constexpr int before_the_middle = 250;
    const std::string disk = contract::disk_folder();
    if (disk.empty())
        GTEST_SKIP() << "no test folder lies on a disk";
    const contract::MemoryWatch memory;
    const long kills = oom_kills();
    // With more than there is it would be refused before anything is allocated.
    const Hole hole(disk, whole_memory() - contract::page_size());
    contract::Child child([&] {
        contract::be_the_first_to_go();
        const std::uint64_t before = contract::bytes_read();
        const Errno error = load(hole.fd()).error;
        return contract::bytes_read() - before < whole_memory() / 4 ? before_the_middle : error.value;
    });
    const auto status = child.wait(until_memory_runs_out);
    ASSERT_TRUE(status) << "the caller did not end";
    EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == ENOMEM)
        << "wait status " << *status << "; exit code 250: not in the middle";
    EXPECT_EQ(oom_kills(), kills);
    EXPECT_TRUE(memory.returned());
}

// There is room for one of them, who keeps what it has got. Should somebody be killed all the same, the
// kernel's log says for whose allocation.
TEST_F(LimitsTest, MemoryRunsOutForCallersThatCompete)
{
    constexpr std::uint64_t callers = 4;
    const std::string disk = contract::disk_folder();
    if (disk.empty())
        GTEST_SKIP() << "no test folder lies on a disk";
    const contract::MemoryWatch memory;
    const long kills = oom_kills();
    const contract::KernelLog log(contract::KernelLog::Since::now);
    {
        const Hole hole(disk, whole_memory() / 10 * 6);
        const UniqueFd go(::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE));
        const UniqueFd loaded(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        ASSERT_TRUE(go && loaded);
        std::vector<std::unique_ptr<contract::Child>> children;
        for (std::uint64_t i = 0; i < callers; ++i)
            children.push_back(std::make_unique<contract::Child>([&] {
                contract::be_the_first_to_go();
                eventfd_t one = 0;
                ::eventfd_read(go.get(), &one);
                const contract::Outcome outcome = load(hole.fd());
                if (outcome.dmabuf) {
                    ::eventfd_write(loaded.get(), 1);
                    ::pause();
                }
                return outcome.error.value;
            }));
        // None before all are there: to make a process takes memory too.
        ASSERT_EQ(::eventfd_write(go.get(), callers), 0);
        const auto has_ended = [](const auto& child) { return child->ended().has_value(); };
        eventfd_t had = 0;
        EXPECT_TRUE(contract::eventually(
            [&] {
                if (eventfd_t more = 0; ::eventfd_read(loaded.get(), &more) == 0)
                    had += more;
                return had + static_cast<std::uint64_t>(std::ranges::count_if(children, has_ended)) ==
                       callers;
            },
            until_memory_runs_out))
            << "a caller neither has its buffer nor an error";
        EXPECT_LE(had, 1U) << "that is more than there is";
        for (const auto& child : children)
            if (const auto status = child->ended()) {
                EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == ENOMEM)
                    << "wait status " << *status;
            }
    }
    EXPECT_EQ(oom_kills(), kills) << log.text();
    EXPECT_TRUE(dmabufs_are_gone());
    EXPECT_TRUE(memory.returned());
}

// The table of ranges is the kernel's memory while the call lasts, and no longer.
TEST_F(LimitsTest, ManyCallersWithAsManyRangesAsMayBe)
{
    constexpr int callers = 8;
    const contract::TemporaryFile file("/dev/shm", 4096);
    const UniqueFd fd = file.open(O_RDONLY);
    contract::RangesRequest request;
    for (std::uint64_t i = 0; i < DMA_HEAP_READ_MAX_RANGES; ++i)
        request.ranges.push_back(contract::range(fd.get(), 0, 1, 2 * i));
    const contract::MemoryWatch memory;
    for (int round = 0; round < 2; ++round) {
        std::vector<contract::RangesOutcome> outcomes(callers);
        std::vector<std::thread> threads;
        for (contract::RangesOutcome& outcome : outcomes)
            threads.emplace_back([&] { outcome = contract::read_ranges(heap(), request); });
        for (std::thread& thread : threads)
            thread.join();
        for (const contract::RangesOutcome& outcome : outcomes)
            EXPECT_EQ(outcome.error, Errno{});
    }
    EXPECT_TRUE(memory.returned());
}

TEST_F(LimitsTest, PageCacheOfALoadStaysWithinTheGroupsLimit)
{
    const std::string disk = contract::disk_folder();
    if (disk.empty())
        GTEST_SKIP() << "no test folder lies on a disk";
    const auto root = contract::Mount::of("cgroup2", "cgroup2");
    if (!root)
        GTEST_SKIP() << root.error();
    static_cast<void>(contract::write_text(root->path() + "/cgroup.subtree_control", "+memory"));
    const std::string group = root->path() + "/hostile";
    ASSERT_EQ(::mkdir(group.c_str(), 0700), 0) << Errno{errno};
    if (::access((group + "/memory.max").c_str(), W_OK) != 0) {
        ::rmdir(group.c_str());
        GTEST_SKIP() << "the kernel has no memory controller, or it is in use by version 1";
    }
    constexpr long long limit = 16 * megabyte;
    constexpr std::uint64_t size = 48 * megabyte;
    EXPECT_EQ(contract::write_text(group + "/memory.max", std::to_string(limit)), Errno{});
    {
        const contract::TemporaryFile file(disk, size);
        for (const int flags : {O_RDONLY, O_RDONLY | O_DIRECT}) {
            const UniqueFd fd = file.open(flags);
            contract::drop_caches();
            contract::Child child([&] {
                if (contract::write_text(group + "/cgroup.procs", "0").value != 0)
                    return 251;
                const contract::Outcome loaded = load(fd.get());
                if (loaded.error != Errno{})
                    return loaded.error.value;
                return contract::holds_pattern(loaded.dmabuf.get(), size, 1) ? 0 : 250;
            });
            const auto status = child.wait();
            EXPECT_TRUE(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
                << "wait status " << status.value_or(-1) << (flags == O_RDONLY ? ", buffered" : ", direct");
        }
        EXPECT_LE(std::stoll(contract::read_text(group + "/memory.peak")), limit);
        EXPECT_NE(contract::read_text(group + "/memory.events").find("oom_kill 0"), std::string::npos);
    }
    EXPECT_TRUE(contract::eventually([&] { return ::rmdir(group.c_str()) == 0; }));
}

}  // namespace
}  // namespace hostile
