// SPDX-License-Identifier: Apache-2.0
// Contract, rule 4: a direct read brings the whole last block, with whatever
// lies in it behind the end of the file. It must not be in the buffer.
#include <algorithm>

#include "support/fixture.hpp"
#include "support/planted.hpp"

namespace contract {
namespace {

class TailTest : public PlaceTest {
protected:
    void check(std::uint64_t size)
    {
        const PlantedFile planted_file(folder(), size);
        const UniqueFd fd = open(planted_file.file());
        const Outcome loaded = load(fd.get());
        ASSERT_EQ(loaded.error, Errno{});
        const View view(loaded.dmabuf.get());
        ASSERT_EQ(view.bytes().size(), round_up(size, page_size()));
        EXPECT_TRUE(std::ranges::all_of(view.bytes().subspan(size), [](std::byte byte) {
            return byte == std::byte{};
        })) << "bytes from behind the end of the file are in the buffer";
        EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
    }
};

TEST_P(TailTest, BytesBehindTheEndAreNotSeen)
{
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{511}, std::uint64_t{513},
                                     std::uint64_t{4095}, megabyte + 4000, 8 * megabyte + 100}) {
        SCOPED_TRACE(std::to_string(size) + " bytes");
        ASSERT_NO_FATAL_FAILURE(check(size));
    }
}

INSTANTIATE_TEST_SUITE_P(Disks, TailTest, ::testing::ValuesIn(disk_places()), place_name);

}  // namespace
}  // namespace contract
