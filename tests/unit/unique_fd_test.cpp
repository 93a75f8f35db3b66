// SPDX-License-Identifier: Apache-2.0
#include <dmaload/unique_fd.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace dmaload {
namespace {

bool is_open(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

int open_null()
{
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(UniqueFd, ClosesWhenItEnds)
{
    int raw = -1;
    {
        const UniqueFd fd(open_null());
        raw = fd.get();
        ASSERT_TRUE(fd);
        EXPECT_TRUE(is_open(raw));
    }
    EXPECT_FALSE(is_open(raw));
}

TEST(UniqueFd, MovesOwnership)
{
    UniqueFd a(open_null());
    UniqueFd b(open_null());
    const int from = a.get();
    const int overwritten = b.get();
    b = std::move(a);
    EXPECT_EQ(b.get(), from);
    EXPECT_TRUE(is_open(from));
    EXPECT_FALSE(is_open(overwritten));
    const UniqueFd c(std::move(b));
    EXPECT_EQ(c.get(), from);
}

TEST(UniqueFd, SurvivesMoveToItself)
{
    UniqueFd fd(open_null());
    UniqueFd& same = fd;
    fd = std::move(same);
    EXPECT_TRUE(is_open(fd.get()));
}

TEST(UniqueFd, ReleaseGivesTheDescriptorAway)
{
    UniqueFd fd(open_null());
    const int raw = fd.release();
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(raw));
    ::close(raw);
}

TEST(UniqueFd, ZeroIsADescriptorAndMinusOneIsNone)
{
    UniqueFd zero(0);
    EXPECT_TRUE(zero);
    EXPECT_EQ(zero.release(), 0);
    EXPECT_FALSE(UniqueFd(-1));
    EXPECT_FALSE(UniqueFd());
}

TEST(UniqueFd, KeepsErrno)
{
    UniqueFd fd(open_null());
    ::close(fd.get());  // so that the second close fails
    errno = ENOSPC;
    fd.reset();
    EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace dmaload
