// SPDX-License-Identifier: Apache-2.0
// Reads that fail: nothing is to be seen, and whoever gets the pages next sees
// nothing either, neither old memory nor what had arrived of the file.
#include <cerrno>
#include <optional>
#include <tuple>

#include <fcntl.h>
#include <dmaload/pattern.hpp>

#include "old_data_test.hpp"
#include "support/fuse_file.hpp"

namespace old_data {
namespace {

using contract::megabyte;

// Synchronous from a file of FUSE, asynchronous from a device (a loop device over such a file, read
// directly).
enum class Source { file, device };
using ErrorsParam = std::tuple<Source, Form, std::string>;

class ErrorsTest : public OldDataTest, public ::testing::WithParamInterface<ErrorsParam> {
protected:
    static constexpr std::uint64_t size = 3 * megabyte;

    void SetUp() override
    {
        OldDataTest::SetUp();
        use_heap(std::get<2>(GetParam()));
    }

    /// Makes the call, which has to fail, and looks for what it leaves behind.
    void expect_nothing_of(int fd)
    {
        const auto dmabufs = contract::count_dmabufs();
        const int number = contract::next_fd();
        const std::vector<Reading> readings = whole_file(fd, size);
        EXPECT_EQ(readings[std::get<1>(GetParam()) == Form::flag ? 0 : 1].on(heap()).error,
                  contract::Errno{EIO});
        EXPECT_EQ(::fcntl(number, F_GETFD), -1) << "a descriptor is there though the call failed";
        EXPECT_EQ(contract::count_dmabufs(), dmabufs);
        const contract::Outcome next = contract::alloc(heap(), size);
        ASSERT_EQ(next.error, contract::Errno{});
        const contract::View view(next.dmabuf.get());
        EXPECT_EQ(dmaload::pattern::first_nonzero(view.bytes(), 0), std::nullopt);
    }
};

TEST_P(ErrorsTest, NothingIsSeen)
{
    for (const std::uint64_t place : {std::uint64_t{0}, megabyte + 4096, size - 4096}) {
        SCOPED_TRACE("from byte " + std::to_string(place));
        for (const bool is_short : {false, true}) {
            // A loop device makes zeros of what its file does not give.
            if (is_short && std::get<0>(GetParam()) == Source::device)
                continue;
            // A new one each time: FUSE takes a short answer for the file's new end.
            auto file = contract::FuseFile::make(size, 1);
            if (!file)
                GTEST_SKIP() << file.error();
            std::optional<contract::LoopDevice> device;
            contract::UniqueFd fd;
            if (std::get<0>(GetParam()) == Source::file) {
                fd = contract::open_file((*file)->path(), O_RDONLY);
            } else {
                auto made = contract::LoopDevice::over((*file)->path());
                if (!made)
                    GTEST_SKIP() << made.error();
                device.emplace(std::move(*made));
                fd = contract::open_file(device->path(), O_RDONLY | O_DIRECT);
            }
            if (is_short)
                (*file)->end_at(place + 100);
            else
                (*file)->fail_from(place, EIO);
            expect_nothing_of(fd.get());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, ErrorsTest,
                         ::testing::Combine(::testing::Values(Source::file, Source::device),
                                            ::testing::Values(Form::flag, Form::ranges),
                                            ::testing::ValuesIn(contract::reading_heaps())),
                         [](const ::testing::TestParamInfo<ErrorsParam>& parameter) {
                             return std::string(std::get<0>(parameter.param) == Source::file ? "file_"
                                                                                             : "device_") +
                                    (std::get<1>(parameter.param) == Form::flag ? "flag_" : "ranges_") +
                                    name_part(std::get<2>(parameter.param));
                         });

}  // namespace
}  // namespace old_data
