// SPDX-License-Identifier: Apache-2.0
// DMA_HEAP_IOCTL_ALLOC_READ: however the engine is told to read, the buffer
// holds the same.
#include <cerrno>
#include <memory>

#include "support/gather_limit.hpp"
#include "support/knobs.hpp"
#include "support/ranges.hpp"

namespace contract {
namespace {

class RangesFormsTest : public RangesPlaceTest {
protected:
    /// Several batches and less than a block, gaps and neighbours, both modes.
    void expect_all_kinds_loaded() const
    {
        const TemporaryFile one(folder(), 10 * megabyte + 1000, 1);
        const TemporaryFile two(folder(), megabyte, 2);
        const UniqueFd a = open(one);
        const UniqueFd b = open(two);
        const UniqueFd buffered = two.open(O_RDONLY);
        const std::uint64_t unit = alignment(a.get());
        const std::uint64_t end = 2 * unit + one.size();
        expect_loaded(
            {{.fd = buffered.get(), .seed = 2, .file_offset = 7, .length = 65537, .buffer_offset = end},
             {.fd = a.get(), .seed = 1, .length = one.size(), .buffer_offset = 2 * unit},
             {.fd = b.get(), .seed = 2, .file_offset = unit, .length = 1, .buffer_offset = 0},
             {.fd = b.get(), .seed = 2, .length = megabyte - 1, .buffer_offset = 12 * megabyte},
             {.fd = buffered.get(), .seed = 2, .length = 300, .buffer_offset = 13 * megabyte - 1}},
            16 * megabyte);
    }
};

TEST_P(RangesFormsTest, EveryGatherLimit)
{
    if (!GatherLimit::exists())
        GTEST_SKIP() << GatherLimit::path << " is not there: the series is not complete";
    const GatherLimit limit;
    for (const std::uint64_t bytes :
         {page_size(), 64 * kilobyte, 3 * megabyte + page_size(), 256 * megabyte}) {
        SCOPED_TRACE(std::to_string(bytes));
        ASSERT_EQ(limit.set(std::to_string(bytes)), Errno{});
        expect_all_kinds_loaded();
    }
}

TEST_P(RangesFormsTest, EveryKnob)
{
    if (!Knob::exist())
        GTEST_SKIP() << Knob::path_of("") << " is not there: the series is not complete";
    constexpr std::size_t count = std::size(Knob::names);
    std::vector<std::unique_ptr<Knob>> knobs;
    for (const char* name : Knob::names)
        knobs.push_back(std::make_unique<Knob>(name));
    for (unsigned int form = 0; form < 1U << count; ++form) {
        std::string on;
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(knobs[i]->set((form >> i & 1U) != 0), Errno{});
            if ((form >> i & 1U) != 0)
                on += std::string(" ") + Knob::names[i];
        }
        SCOPED_TRACE("knobs:" + on);
        expect_all_kinds_loaded();
    }
}

INSTANTIATE_TEST_SUITE_P(All, RangesFormsTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
