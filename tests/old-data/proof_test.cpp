// SPDX-License-Identifier: Apache-2.0
// The search itself: that what it looks for is there to be found.
#include <cstdio>

#include "marks.hpp"
#include "old_data_test.hpp"

namespace old_data {
namespace {

class ProofTest : public OldDataTest, public ::testing::WithParamInterface<std::string> {};

// Only a kernel that clears nothing can show it; all other tests of the suite
// then ask the same of the places at which they search.
TEST_P(ProofTest, NearlyEveryPageThatNobodyClearsShowsTheMark)
{
    if (!kernel_is_broken())
        GTEST_SKIP() << "boot one that scripts/kernel build --broken made, with DMALOAD_BROKEN_KERNEL=1";
    use_heap(GetParam());
    const contract::TemporaryFile file("/dev/shm", 1);
    const contract::UniqueFd fd = file.open(O_RDONLY);
    const Reading reading{.what = "one byte",
                          .form = Form::ranges,
                          .pieces = {{.fd = fd.get(), .length = 1}},
                          .len = 32 * contract::megabyte};
    const contract::Outcome loaded = reading.on(heap());
    ASSERT_EQ(loaded.error, contract::Errno{});
    const contract::View view(loaded.dmabuf.get());
    const std::size_t pages = view.bytes().size() / contract::page_size();
    std::size_t marked = 0;
    for (std::size_t page = 0; page < pages; ++page)
        marked +=
            is_all_marks(view.bytes().subspan(page * contract::page_size(), contract::page_size())) ? 1 : 0;
    std::printf("%zu of %zu pages of a buffer that nobody has cleared hold nothing but the mark (%s)\n",
                marked, pages, GetParam().c_str());
    EXPECT_GE(marked * 100, pages * 95);
}

INSTANTIATE_TEST_SUITE_P(All, ProofTest, ::testing::ValuesIn(contract::reading_heaps()),
                         [](const auto& parameter) { return name_part(parameter.param); });

}  // namespace
}  // namespace old_data
