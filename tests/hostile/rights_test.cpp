// SPDX-License-Identifier: Apache-2.0
// A user without rights to the heap or to the file gets what open(2) and
// read(2) give, and nothing more by the heap.
#include <cerrno>
#include <functional>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/process.hpp"
#include "support/ranges.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::UniqueFd;

constexpr std::uint64_t size = 100'000;

class RightsTest : public contract::ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        file_.emplace("/dev/shm", size);
        ASSERT_EQ(::chmod(file_->path().c_str(), 0600), 0);
    }
    void TearDown() override
    {
        file_.reset();
        ContractTest::TearDown();
    }
    [[nodiscard]] const contract::TemporaryFile& file() const { return *file_; }

    /// What \p action, which returns an errno or 0, gives a user who owns nothing.
    static Errno as_nobody(const std::function<int()>& action)
    {
        constexpr int no_user = 250;
        contract::Child child([&] {
            constexpr uid_t nobody = 65534;
            if (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(nobody, nobody, nobody) != 0)
                return no_user;
            return action();
        });
        const auto status = child.wait();
        EXPECT_TRUE(status && WIFEXITED(*status));
        return Errno{status && WIFEXITED(*status) ? WEXITSTATUS(*status) : -1};
    }
    [[nodiscard]] static int read_error(int fd)
    {
        char byte = 0;
        return ::read(fd, &byte, 1) < 0 ? errno : 0;
    }

private:
    std::optional<contract::TemporaryFile> file_;
};

TEST_F(RightsTest, HeapThatMayNotBeOpened)
{
    EXPECT_EQ(
        as_nobody([] { return UniqueFd(::open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC)) ? 0 : errno; }),
        Errno{EACCES});
}

TEST_F(RightsTest, HeapByAPathIsNoHeap)
{
    const UniqueFd path = contract::open_file("/dev/dma_heap/system", O_PATH);
    const UniqueFd fd = file().open(O_RDONLY);
    EXPECT_EQ(contract::alloc_read(path.get(), fd.get()).error, Errno{EBADF});
    EXPECT_EQ(contract::read_ranges(path.get(), {.ranges = {contract::range(fd.get(), 0, 1, 0)}}).error,
              Errno{EBADF});
}

TEST_F(RightsTest, FileThatMayNotBeOpened)
{
    EXPECT_EQ(as_nobody([this] {
                  return UniqueFd(::open(file().path().c_str(), O_RDONLY | O_CLOEXEC)) ? 0 : errno;
              }),
              Errno{EACCES});
}

// The file may be written, not read: a load must not be a way to read it.
TEST_F(RightsTest, FileThatMayBeWrittenOnly)
{
    ASSERT_EQ(::chmod(file().path().c_str(), 0622), 0);
    const auto open_for_writing = [this] {
        return UniqueFd(::open(file().path().c_str(), O_WRONLY | O_CLOEXEC));
    };
    EXPECT_EQ(as_nobody([&] {
                  const UniqueFd fd = open_for_writing();
                  return fd ? read_error(fd.get()) : 251;
              }),
              Errno{EBADF});
    EXPECT_EQ(as_nobody([&] { return load(open_for_writing().get()).error.value; }), Errno{EBADF});
    EXPECT_EQ(as_nobody([&] {
                  const UniqueFd fd = open_for_writing();
                  return contract::read_ranges(heap(), {.ranges = {contract::range(fd.get(), 0, 1, 0)}})
                      .error.value;
              }),
              Errno{EBADF});
}

// Of several files one may not be read: not even its size is told.
TEST_F(RightsTest, OneOfSeveralFilesMayNotBeRead)
{
    const UniqueFd good = file().open(O_RDONLY);
    const UniqueFd bad = file().open(O_WRONLY);
    for (const std::uint64_t length : {std::uint64_t{1}, size, size + 1, std::uint64_t{1} << 40})
        EXPECT_EQ(contract::read_ranges(heap(), {.ranges = {contract::range(good.get(), 0, 1, 0),
                                                            contract::range(bad.get(), 0, length, 4096)}})
                      .error,
                  Errno{EBADF})
            << length;
}

// A descriptor stays what it was when it was opened, as for read(2).
TEST_F(RightsTest, RightsAreThoseOfTheDescriptor)
{
    const UniqueFd fd = file().open(O_RDONLY);
    ASSERT_EQ(::fchmod(fd.get(), 0), 0);
    EXPECT_EQ(as_nobody([&] { return read_error(fd.get()); }), Errno{});
    EXPECT_EQ(as_nobody([&] { return load(fd.get()).error.value; }), Errno{});
}

// The flags of the new descriptor are a limit as those of open(2) are.
TEST_F(RightsTest, BufferForReadingOnlyCannotBeWritten)
{
    const UniqueFd fd = file().open(O_RDONLY);
    const contract::Outcome loaded =
        contract::alloc_read(heap(), {.file_fd = fd.get(), .fd_flags = O_RDONLY | O_CLOEXEC});
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, loaded.dmabuf.get(), 0), MAP_FAILED);
    EXPECT_EQ(Errno{errno}, Errno{EACCES});
}

}  // namespace
}  // namespace hostile
