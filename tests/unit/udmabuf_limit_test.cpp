// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

#include "fake_kernel.hpp"
#include "test_file.hpp"
#include "udmabuf_limit.hpp"

namespace dmaload::test::udmabuf_limits {
namespace {

// Its bytes are 2 to the power of 64: none at all, if they were counted in 64 bits.
constexpr std::uint64_t too_many = std::uint64_t{1} << 44U;

TEST(UdmabufLimit, IsANumberOfMegabytes)
{
    EXPECT_EQ(parse_size_limit("64\n"), std::uint64_t{64} << 20U);
    EXPECT_EQ(parse_size_limit("0\n"), 0U);
    EXPECT_EQ(parse_size_limit("2147483647"), std::uint64_t{2147483647} << 20U);
    EXPECT_EQ(parse_size_limit(""), std::nullopt);
    EXPECT_EQ(parse_size_limit("\n"), std::nullopt);
    EXPECT_EQ(parse_size_limit("-1\n"), std::nullopt);
    EXPECT_EQ(parse_size_limit("99999999999999999999\n"), std::nullopt);
}

TEST(UdmabufLimit, IsNotLessThanItSays)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> 20U << 20U;
    EXPECT_EQ(parse_size_limit("17592186044415\n"), most);
    EXPECT_EQ(parse_size_limit("17592186044416\n"), most);
    EXPECT_EQ(parse_size_limit("18446744073709551615\n"), most);
}

TEST(UdmabufLimit, ThatNoBufferReachesKeepsNoneAway)
{
    FakeKernel kernel;
    kernel.udmabuf_limit_mb = too_many;
    const ScopedSyscalls scope(kernel);
    const TestFile file(scratch_directory(), 5000, 1);
    const auto loaded = find_method("udmabuf")->load({file.path(), Mode::direct, "system"});
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(check_content(*loaded, 5000, 1), "");
}

}  // namespace
}  // namespace dmaload::test::udmabuf_limits
