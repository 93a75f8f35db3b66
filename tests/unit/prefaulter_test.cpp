// SPDX-License-Identifier: Apache-2.0
#include "prefaulter.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <set>
#include <vector>

#include <dmaload/syscalls.hpp>

namespace dmaload::test::prefaulting {
namespace {

constexpr std::size_t piece = 4096;

/// Takes note of what is populated.
class Pages : public Syscalls {
public:
    int madvise(void* address, std::size_t length, int advice) override
    {
        EXPECT_EQ(advice, MADV_POPULATE_WRITE);
        const std::scoped_lock lock(mutex_);
        EXPECT_TRUE(populated_.insert(address).second) << "twice";
        bytes_ += length;
        return 0;
    }
    bool populated(const void* address)
    {
        const std::scoped_lock lock(mutex_);
        return populated_.contains(address);
    }
    std::size_t bytes()
    {
        const std::scoped_lock lock(mutex_);
        return bytes_;
    }

private:
    std::mutex mutex_;
    std::set<const void*> populated_;
    std::size_t bytes_ = 0;
};

class PrefaulterTest : public testing::TestWithParam<unsigned> {
protected:
    Pages pages;
    ScopedSyscalls scope{pages};
    std::vector<std::byte> memory{50 * piece + 10};
};

TEST_P(PrefaulterTest, PopulatesEachPieceOnce)
{
    std::atomic<int> ends = 0;
    Prefaulter prefaulter(memory, piece, GetParam(), [&] {
        EXPECT_EQ(pages.bytes(), memory.size()) << "all pieces are there";
        ++ends;
    });
    ASSERT_EQ(prefaulter.pieces(), 51U);
    EXPECT_EQ(prefaulter.piece(50).size(), 10U);
    for (std::size_t i = 0; i < prefaulter.pieces(); ++i) {
        prefaulter.need(i);
        EXPECT_TRUE(pages.populated(prefaulter.piece(i).data())) << i;
    }
    EXPECT_EQ(prefaulter.has_helpers(), GetParam() != 0);
    prefaulter.join();
    EXPECT_EQ(pages.bytes(), memory.size());
    EXPECT_EQ(ends, GetParam() != 0 ? 1 : 0);
}

TEST_P(PrefaulterTest, MayBeGivenUpAtAnyTime)
{
    for (std::size_t needed = 0; needed < 20; ++needed) {
        memory = std::vector<std::byte>((needed + 1) * 3 * piece);
        Pages fresh;
        const ScopedSyscalls inner(fresh);
        Prefaulter prefaulter(memory, piece, GetParam(), [] {});
        if (needed != 0)
            prefaulter.need(needed - 1);
    }
}

INSTANTIATE_TEST_SUITE_P(Helpers, PrefaulterTest, testing::Values(0U, 1U, 3U));

}  // namespace
}  // namespace dmaload::test::prefaulting
