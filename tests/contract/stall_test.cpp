// SPDX-License-Identifier: Apache-2.0
// Contract, rules 7 and 10: a device that does not answer. A loop device over
// a FUSE file of the test's own stands still for as long as the test likes.
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/fuse_file.hpp"
#include "support/gather_limit.hpp"
#include "support/process.hpp"

namespace contract {
namespace {

constexpr std::uint64_t size = 64 * megabyte;

/// One load by bare system calls, as is right in a child of a process with threads.
int load_once(int heap, int file)
{
    dma_heap_allocation_data data{};
    data.file_fd = file;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    data.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
    return ::ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) < 0 ? errno : 0;
}

class StallTest : public ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        auto file = FuseFile::make(size, 1);
        if (!file)
            GTEST_SKIP() << file.error();
        file_ = std::move(*file);
        auto device = LoopDevice::over(file_->path());
        if (!device)
            GTEST_SKIP() << device.error();
        device_.emplace(std::move(*device));
        fd_ = open_file(device_->path(), O_RDONLY | O_DIRECT);
    }
    void TearDown() override
    {
        if (file_)
            file_->release();
        fd_.reset();
        device_.reset();
        file_.reset();
        ContractTest::TearDown();
    }

    std::unique_ptr<FuseFile> file_;
    std::optional<LoopDevice> device_;
    UniqueFd fd_;
};

TEST_F(StallTest, KilledLoadWaitsForWhatTheDeviceOwesAndThenEnds)
{
    const MemoryWatch memory;
    file_->hold_from(20 * megabyte);
    Child child([&] { return load_once(heap(), fd_.get()); });
    ASSERT_TRUE(file_->holds_a_read());
    child.signal(SIGKILL);
    // The device may still write to the pages: the owner must be there.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_FALSE(child.ended()) << "the load ended while the device was still reading into its pages";
    file_->release();
    const auto status = child.wait();
    ASSERT_TRUE(status) << "the child did not end after its I/O had";
    EXPECT_TRUE(WIFSIGNALED(*status));
    EXPECT_TRUE(dmabufs_are_gone());
    EXPECT_TRUE(memory.returned());
}

TEST_F(StallTest, LoadGoesOnWhenTheDeviceDoes)
{
    file_->hold_from(30 * megabyte);
    Outcome loaded;
    std::thread loader([&] { loaded = load(fd_.get()); });
    EXPECT_TRUE(file_->holds_a_read());
    file_->release();
    loader.join();
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

TEST_F(StallTest, AllocationStaysCloseToWhatHasArrived)
{
    // A window, of 8 MB before the first answer, and a batch of 4 MB; the rest is what the machine does
    // meanwhile.
    constexpr long long most = 16 * static_cast<long long>(megabyte);
    if (!GatherLimit::exists())
        GTEST_SKIP() << GatherLimit::path << " is not there: the series is not complete";
    const GatherLimit limit;
    ASSERT_EQ(limit.set("4M"), Errno{});
    const long long before = available_memory();
    file_->hold_from(0);
    Outcome loaded;
    std::thread loader([&] { loaded = load(fd_.get()); });
    EXPECT_TRUE(file_->holds_a_read());
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const long long held = before - available_memory();
    EXPECT_LT(held, most) << "a device that stands still hides " << held / 1024
                          << " KB in no descriptor and no process";
    file_->release();
    loader.join();
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
}

// A machine that goes to sleep must not wait for a load.
TEST_F(StallTest, WaitingLoadCanBeFrozen)
{
    const auto freezer = Mount::of("freezer", "cgroup", "freezer");
    if (!freezer)
        GTEST_SKIP() << freezer.error() << " (CONFIG_CGROUP_FREEZER)";
    const std::string group = freezer->path() + "/contract";
    ASSERT_EQ(::mkdir(group.c_str(), 0700), 0);
    {
        file_->hold_from(20 * megabyte);
        Child child([&] { return load_once(heap(), fd_.get()); });
        EXPECT_EQ(write_text(group + "/cgroup.procs", std::to_string(child.id())), Errno{});
        EXPECT_TRUE(file_->holds_a_read());
        EXPECT_EQ(write_text(group + "/freezer.state", "FROZEN"), Errno{});
        EXPECT_TRUE(eventually([&] { return read_text(group + "/freezer.state") == "FROZEN\n"; }))
            << "the load cannot be frozen while it waits";
        EXPECT_EQ(write_text(group + "/freezer.state", "THAWED"), Errno{});
        file_->release();
        const auto status = child.wait();
        EXPECT_TRUE(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
            << "a thawed load does not go on";
    }
    EXPECT_EQ(::rmdir(group.c_str()), 0);
}

}  // namespace
}  // namespace contract
