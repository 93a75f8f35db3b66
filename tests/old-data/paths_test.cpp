// SPDX-License-Identifier: Apache-2.0
// Every way in which the engine reads, with what files leave free: behind the
// end of a file, between ranges, before and behind them.
#include <memory>

#include <unistd.h>

#include "old_data_test.hpp"
#include "support/knobs.hpp"

namespace old_data {
namespace {

using contract::kilobyte;
using contract::megabyte;
using KnobNames = std::vector<std::string>;

const KnobNames none{};
// All that read in another way, and the one that has the heap clear the pages.
const std::vector<KnobNames> knob_sets{{"vmap"},
                                       {"one_batch"},
                                       {"sync"},
                                       {"vmap", "one_batch"},
                                       {"vmap", "sync"},
                                       {"one_batch", "sync"},
                                       {"vmap", "one_batch", "sync"},
                                       {"zero"}};

/// Knobs that are on for a while.
class On {
public:
    explicit On(const KnobNames& names)
    {
        for (const std::string& name : names) {
            knobs_.push_back(std::make_unique<contract::Knob>(name));
            EXPECT_EQ(knobs_.back()->set(true), contract::Errno{}) << name;
        }
    }

private:
    std::vector<std::unique_ptr<contract::Knob>> knobs_;
};

class PathsTest : public OldDataPlaceTest {
protected:
    void search_with(const KnobNames& names, const Reading& reading)
    {
        std::string text = "knobs:";
        for (const std::string& name : names)
            text += " " + name;
        SCOPED_TRACE(text);
        const On on(names);
        search(reading, names == KnobNames{"zero"});
    }

    void search_holes()
    {
        const contract::TemporaryFile file(folder(), 0);
        ASSERT_EQ(::truncate(file.path().c_str(), 3 * megabyte + 700), 0);
        contract::write_pattern(file.path(), 5000, 1, megabyte);
        contract::forget_pages(file.path());
        const contract::UniqueFd fd = open(file);
        for (const Form form : {Form::flag, Form::ranges}) {
            const Reading reading{
                .what = "holes", .form = form, .pieces = {{.fd = fd.get(), .length = 3 * megabyte + 700}}};
            contract::Outcome loaded = reading.on(heap());
            ASSERT_EQ(loaded.error, contract::Errno{});
            // What clears them is the filesystem, on the broken kernel too; behind the end it is the engine.
            if (!kernel_is_broken()) {
                EXPECT_EQ(mark_in(loaded.dmabuf.get()), std::nullopt);
                EXPECT_TRUE(contract::holds_file(loaded.dmabuf.get(), file.path()));
            }
            keep(std::move(loaded.dmabuf));
        }
    }
};

TEST_P(PathsTest, BehindTheEndOfAFile)
{
    for (const std::uint64_t size :
         {std::uint64_t{1}, std::uint64_t{511}, std::uint64_t{513}, std::uint64_t{2000}, std::uint64_t{4095},
          std::uint64_t{4097}, megabyte + 2000, 3 * megabyte + 100}) {
        const contract::TemporaryFile file(folder(), size);
        const contract::UniqueFd fd = open(file);
        for (const Reading& reading : whole_file(fd.get(), size)) {
            search_with(none, reading);
            if (size == 513 || size == 3 * megabyte + 100)
                for (const KnobNames& names : knob_sets)
                    search_with(names, reading);
        }
    }
}

TEST_P(PathsTest, AroundAndBetweenRangesAndInHoles)
{
    search_holes();
    const contract::TemporaryFile file(folder(), 2 * megabyte);
    const contract::UniqueFd fd = open(file);
    const contract::UniqueFd buffered = file.open(O_RDONLY);
    const Reading large{.what = "large gaps",
                        .form = Form::ranges,
                        .pieces = {{.fd = fd.get(), .length = 5000, .buffer_offset = 8 * kilobyte},
                                   {.fd = fd.get(), .length = megabyte + 7, .buffer_offset = megabyte}},
                        .len = 2 * megabyte + 512 * kilobyte};
    // The first one's last block has no room, and goes through a page of its own.
    const Reading small{
        .what = "a gap smaller than a block",
        .form = Form::ranges,
        .pieces = {{.fd = fd.get(), .length = 4097},
                   {.fd = buffered.get(), .file_offset = 3, .length = 9000, .buffer_offset = 4097 + 40}}};
    for (const Reading* reading : {&large, &small}) {
        search_with(none, *reading);
        for (const KnobNames& names : knob_sets)
            search_with(names, *reading);
    }
}

INSTANTIATE_TEST_SUITE_P(All, PathsTest, ::testing::ValuesIn(everywhere(contract::reading_heaps())),
                         where_name);

}  // namespace
}  // namespace old_data
