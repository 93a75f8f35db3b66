// SPDX-License-Identifier: Apache-2.0
#include "old_data_test.hpp"

#include <cctype>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "marks.hpp"

namespace old_data {
namespace {

// Less than the CMA heap has, and far less than all memory.
constexpr std::uint64_t most_kept = 40 * contract::megabyte;
// Of a thousand free pages: with fewer of them a search could miss what it looks for.
constexpr unsigned int enough_marks = 950;

std::optional<std::uint64_t> find_in(int dmabuf)
{
    const contract::View view(dmabuf);
    return find_mark(view.bytes());
}

}  // namespace

bool kernel_is_broken()
{
    return std::getenv("DMALOAD_BROKEN_KERNEL") != nullptr;
}

void OldDataTest::SetUp()
{
    ContractTest::SetUp();
    auto vgem = importers::DrmDevice::of_driver("vgem");
    ASSERT_TRUE(vgem) << vgem.error();
    vgem_.emplace(std::move(*vgem));
    use_heap("system");
    byte_.emplace("/dev/shm", 1);
    byte_fd_ = byte_->open(O_RDONLY);
    renew();
}

void OldDataTest::TearDown()
{
    kept_.clear();
    byte_fd_.reset();
    byte_.reset();
    heap_.reset();
    vgem_.reset();
    ContractTest::TearDown();
}

void OldDataTest::renew()
{
    kept_.clear();
    kept_bytes_ = 0;
    EXPECT_GE(leave_marks(), enough_marks) << "of a thousand free pages";
    take_single_pages(4 * contract::megabyte);
}

void OldDataTest::take_single_pages(std::uint64_t size)
{
    // The heap has chunks of 64 KB for what is not smaller.
    constexpr std::uint64_t each = 60 * contract::kilobyte;
    const contract::UniqueFd system = contract::open_heap();
    for (std::uint64_t taken = 0; taken < size; taken += each)
        kept_.push_back(contract::alloc(system.get(), each).dmabuf);
}

contract::UniqueFd OldDataTest::look_into_the_next(std::uint64_t size)
{
    const Reading next{.what = "the next buffer",
                       .form = Form::ranges,
                       .pieces = {{.fd = byte_fd_.get(), .length = 1}},
                       .len = size};
    contract::Outcome loaded = next.on(heap());
    EXPECT_EQ(loaded.error, contract::Errno{});
    if (!loaded.dmabuf)
        return {};
    if (kernel_is_broken()) {
        const contract::View view(loaded.dmabuf.get());
        EXPECT_NE(dmaload::pattern::first_nonzero(view.bytes().subspan(contract::page_size()), 0),
                  std::nullopt)
            << "nothing was cleared, and the search has found nothing";
    } else {
        EXPECT_EQ(mark_in(loaded.dmabuf.get()), std::nullopt);
        EXPECT_TRUE(contract::holds_pieces(loaded.dmabuf.get(), next.pieces, next.buffer_size()));
    }
    return std::move(loaded.dmabuf);
}

void OldDataTest::keep(contract::UniqueFd dmabuf)
{
    if (!dmabuf)
        return;
    kept_bytes_ += contract::dmabuf_size(dmabuf.get());
    kept_.push_back(std::move(dmabuf));
    if (kept_bytes_ > most_kept)
        renew();
}

std::optional<std::string> OldDataTest::mark_in(int dmabuf) const
{
    if (const auto place = find_in(dmabuf))
        return "at byte " + std::to_string(*place);
    const auto object = importers::BufferObject::imported(*vgem_, dmabuf);
    if (const auto place = find_in(object.exported().get()))
        return "at byte " + std::to_string(*place) + ", seen through an importer";
    return std::nullopt;
}

::testing::AssertionResult OldDataTest::shows_marks(const Reading& reading)
{
    // Now and then a page comes that somebody else has had since the marks were left.
    for (int attempt = 0; attempt < 10; ++attempt) {
        contract::Outcome loaded = reading.on(heap());
        if (loaded.error != contract::Errno{})
            return ::testing::AssertionFailure() << loaded.error;
        const bool found = find_in(loaded.dmabuf.get()).has_value();
        const auto object = importers::BufferObject::imported(*vgem_, loaded.dmabuf.get());
        const bool found_by_importer = find_in(object.exported().get()).has_value();
        keep(std::move(loaded.dmabuf));
        if (found && found_by_importer)
            return ::testing::AssertionSuccess();
        take_single_pages(contract::megabyte);
    }
    return ::testing::AssertionFailure() << "nothing was cleared, and the search has not found it";
}

void OldDataTest::search(const Reading& reading, bool heap_clears)
{
    SCOPED_TRACE(reading.what);
    if (kernel_is_broken()) {
        if (!heap_clears && reading.leaves_room()) {
            EXPECT_TRUE(shows_marks(reading));
        }
        return;
    }
    contract::Outcome loaded = reading.on(heap());
    ASSERT_EQ(loaded.error, contract::Errno{});
    EXPECT_EQ(mark_in(loaded.dmabuf.get()), std::nullopt);
    EXPECT_TRUE(contract::holds_pieces(loaded.dmabuf.get(), reading.pieces, reading.buffer_size()));
    keep(std::move(loaded.dmabuf));
}

void PrintTo(const Where& where, std::ostream* out)
{
    PrintTo(where.place, out);
    *out << ", heap " << where.heap;
}

std::string name_part(std::string text)
{
    for (char& letter : text)
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0)
            letter = '_';
    return text;
}

std::string where_name(const ::testing::TestParamInfo<Where>& info)
{
    return contract::place_name({info.param.place, info.index}) + "_" + name_part(info.param.heap);
}

std::vector<Where> everywhere(const std::vector<std::string>& heaps)
{
    std::vector<Where> all;
    for (const contract::Place& place : contract::all_places())
        for (const std::string& heap : heaps)
            all.push_back({place, heap});
    return all;
}

void OldDataPlaceTest::SetUp()
{
    OldDataTest::SetUp();
    use_heap(GetParam().heap);
    if (::access(folder().c_str(), W_OK) != 0)
        GTEST_SKIP() << folder() << " is not there, or not writable";
}

}  // namespace old_data
