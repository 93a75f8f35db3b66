// SPDX-License-Identifier: Apache-2.0
// Contract, rule 8: the I/O is the caller's, and is seen as the caller's.
#include <cerrno>
#include <functional>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/control_group.hpp"
#include "support/fixture.hpp"
#include "support/process.hpp"

namespace contract {
namespace {

/// /proc/thread-self/io, and what reading it adds to the next reading.
struct IoCounters {
    unsigned long long rchar = 0;
    unsigned long long syscr = 0;
    unsigned long long read_bytes = 0;
    unsigned long long own_bytes = 0;
    static constexpr unsigned long long own_calls = 1;

    static IoCounters now()
    {
        const UniqueFd fd = open_file("/proc/thread-self/io", O_RDONLY);
        char text[1024] = {};
        const ssize_t count = ::read(fd.get(), text, sizeof(text) - 1);
        if (count <= 0)
            throw_errno("read /proc/thread-self/io");
        IoCounters counters;
        counters.own_bytes = static_cast<unsigned long long>(count);
        std::istringstream words(text);
        std::string name;
        unsigned long long value = 0;
        while (words >> name >> value) {
            if (name == "rchar:")
                counters.rchar = value;
            else if (name == "syscr:")
                counters.syscr = value;
            else if (name == "read_bytes:")
                counters.read_bytes = value;
        }
        return counters;
    }
};

using AccountingTest = PlaceTest;

TEST_P(AccountingTest, OneReadOfTheWholeFile)
{
    if (::access("/proc/thread-self/io", R_OK) != 0)
        GTEST_SKIP() << "the kernel has no CONFIG_TASK_IO_ACCOUNTING";
    for (const std::uint64_t size : {std::uint64_t{100}, 20 * megabyte + 3}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        drop_caches();
        const IoCounters before = IoCounters::now();
        const Outcome loaded = load(fd.get());
        const IoCounters after = IoCounters::now();
        ASSERT_EQ(loaded.error, Errno{});
        EXPECT_EQ(after.rchar - before.rchar - before.own_bytes, size);
        EXPECT_EQ(after.syscr - before.syscr - IoCounters::own_calls, 1U);
        if (!device_of(folder()).empty()) {
            EXPECT_GE(after.read_bytes - before.read_bytes, size) << "the disk's work is not the caller's";
        }
    }
}

TEST_P(AccountingTest, OneAccessIsNotified)
{
    for (const std::uint64_t size : {std::uint64_t{100}, 20 * megabyte + 3}) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        const UniqueFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        if (!watch)
            GTEST_SKIP() << "the kernel has no CONFIG_INOTIFY_USER";
        ASSERT_GE(::inotify_add_watch(watch.get(), file.path().c_str(), IN_ACCESS), 0);
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        // Equal events in a row are merged: one, however many reads it took.
        alignas(inotify_event) char events[4096];
        const ssize_t count = ::read(watch.get(), events, sizeof(events));
        EXPECT_EQ(count, static_cast<ssize_t>(sizeof(inotify_event)));
    }
}

TEST_P(AccountingTest, TheDescriptorIsThePermission)
{
    const TemporaryFile file(folder(), megabyte + 1);
    ASSERT_EQ(::chmod(file.path().c_str(), 0600), 0);
    const UniqueFd fd = open(file);
    Child child([&] {
        constexpr uid_t nobody = 65534;
        if (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(nobody, nobody, nobody) != 0)
            return 251;
        if (::open(file.path().c_str(), O_RDONLY | O_CLOEXEC) >= 0)
            return 252;
        const Outcome loaded = load(fd.get());
        if (loaded.error != Errno{})
            return loaded.error.value;
        return holds_pattern(loaded.dmabuf.get(), megabyte + 1, 1) ? 0 : 250;
    });
    const auto status = child.wait();
    ASSERT_TRUE(status && WIFEXITED(*status));
    EXPECT_EQ(WEXITSTATUS(*status), 0)
        << "errno of the load, 250 wrong content, 251 setuid, 252 file is readable";
}

INSTANTIATE_TEST_SUITE_P(All, AccountingTest, ::testing::ValuesIn(all_places()), place_name);

// The system heap charges nobody for its pages; a load must not begin to.
TEST_F(ContractTest, MemoryIsChargedAsThatOfAPlainAllocation)
{
    const std::string disk = disk_folder();
    if (disk.empty())
        GTEST_SKIP() << "no test folder lies on a disk";
    const auto root = Mount::of("cgroup2", "cgroup2");
    if (!root)
        GTEST_SKIP() << root.error();
    const ControlGroup group(root->path());
    if (::access(group.file("memory.current").c_str(), R_OK) != 0)
        GTEST_SKIP() << "the kernel has no memory controller, or it is in use by version 1";

    constexpr std::uint64_t size = 32 * megabyte;
    const TemporaryFile file(disk, size);
    const UniqueFd fd = file.open(O_RDONLY | O_DIRECT);
    const std::string current = group.file("memory.current");
    const std::string procs = group.file("cgroup.procs");
    const auto charge_of = [&](const std::function<Outcome()>& allocate) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw_errno("pipe");
        const UniqueFd read_end(ends[0]);
        UniqueFd write_end(ends[1]);
        Child child([&] {
            if (write_text(procs, "0").value != 0)
                return 1;
            const long long before = std::stoll(read_text(current));
            const Outcome outcome = allocate();
            const long long charged = std::stoll(read_text(current)) - before;
            return outcome.error == Errno{} && ::write(write_end.get(), &charged, sizeof(charged)) > 0 ? 0
                                                                                                       : 2;
        });
        EXPECT_TRUE(child.wait());
        write_end.reset();
        long long charged = -1;
        EXPECT_EQ(::read(read_end.get(), &charged, sizeof(charged)), static_cast<ssize_t>(sizeof(charged)));
        return charged;
    };
    const long long plain = charge_of([&] { return alloc(heap(), size); });
    const long long loaded = charge_of([&] { return load(fd.get()); });
    EXPECT_LT(std::abs(loaded - plain), static_cast<long long>(4 * megabyte));
}

}  // namespace
}  // namespace contract
