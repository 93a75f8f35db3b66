// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include <dmaload/error.hpp>

namespace dmaload {
namespace {

TEST(Error, NamesOperationObjectCauseAndAdvice)
{
    const Error error{"open", "/dev/dma_heap/system", EACCES, "Run as root."};
    EXPECT_EQ(error.message(), "open /dev/dma_heap/system: Permission denied. Run as root.");
}

TEST(Error, LeavesOutWhatIsNotThere)
{
    EXPECT_EQ((Error{"open", "x", ENOENT, ""}).message(), "open x: No such file or directory");
    EXPECT_EQ((Error{"verify", "x", 0, "It differs."}).message(), "verify x: It differs.");
    EXPECT_EQ((Error{"fork", "", EAGAIN, ""}).message(), "fork: Resource temporarily unavailable");
}

TEST(Error, FailMakesAnUnexpectedResult)
{
    const Result<int> result = fail("read", "f", EIO, "Do.");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, EIO);
    EXPECT_EQ(result.error().operation, "read");
}

}  // namespace
}  // namespace dmaload
