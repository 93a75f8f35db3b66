// SPDX-License-Identifier: Apache-2.0
// Calls that fail: nothing is to be seen, and whoever gets the pages next sees
// nothing either, neither old memory nor what had arrived of the file. That
// one is another load: of a buffer's plain allocation the kernel clears the
// pages by itself, and there would be nothing to be found.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <tuple>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "old_data_test.hpp"
#include "support/fuse_file.hpp"
#include "support/holdings.hpp"
#include "support/process.hpp"
#include "support/protected_page.hpp"

namespace old_data {
namespace {

using contract::Errno;
using contract::megabyte;

constexpr std::uint64_t size = 3 * megabyte;

// Synchronous from a file of FUSE, asynchronous from a device (a loop device over such a file, read
// directly).
enum class Source { file, device };
using ErrorsParam = std::tuple<Source, Form, std::string>;

/// Closed, taken apart and unmounted in this order.
struct Opened {
    std::unique_ptr<contract::FuseFile> file{};
    std::optional<contract::LoopDevice> device{};
    contract::UniqueFd fd{};
};

contract::Available<Opened> open_source(Source source)
{
    auto file = contract::FuseFile::make(size, 1);
    if (!file)
        return std::unexpected(file.error());
    Opened opened{.file = std::move(*file)};
    if (source == Source::file) {
        opened.fd = contract::open_file(opened.file->path(), O_RDONLY);
        return opened;
    }
    auto device = contract::LoopDevice::over(opened.file->path());
    if (!device)
        return std::unexpected(device.error());
    opened.device.emplace(std::move(*device));
    opened.fd = contract::open_file(opened.device->path(), O_RDONLY | O_DIRECT);
    return opened;
}

/// The call of a whole file, bare: its struct can be put anywhere, and a child
/// of a process with threads can make it.
class BareCall {
public:
    BareCall(Form form, int fd) : form_(form), range_(contract::range(fd, 0, size, 0))
    {
        flag_.file_fd = fd;
        flag_.fd_flags = O_RDWR | O_CLOEXEC;
        flag_.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
        ranges_.ranges = reinterpret_cast<std::uintptr_t>(&range_);
        ranges_.nr_ranges = 1;
        ranges_.fd_flags = O_RDWR | O_CLOEXEC;
    }
    BareCall(const BareCall&) = delete;
    BareCall& operator=(const BareCall&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const
    {
        return form_ == Form::flag ? std::as_bytes(std::span(&flag_, 1))
                                   : std::as_bytes(std::span(&ranges_, 1));
    }
    /// \p bytes: where the struct is.
    [[nodiscard]] Errno on(int heap, std::byte* bytes) const
    {
        const unsigned long command = form_ == Form::flag ? DMA_HEAP_IOCTL_ALLOC : DMA_HEAP_IOCTL_ALLOC_READ;
        return {::ioctl(heap, command, bytes) < 0 ? errno : 0};
    }
    [[nodiscard]] Errno on(int heap) const
    {
        alignas(std::uint64_t) std::array<std::byte, std::max(sizeof(flag_), sizeof(ranges_))> copy{};
        std::memcpy(copy.data(), bytes().data(), bytes().size());
        return on(heap, copy.data());
    }

private:
    Form form_;
    contract::Range range_;
    dma_heap_allocation_data flag_{};
    dma_heap_allocate_read_data ranges_{};
};

class ErrorsTest : public OldDataTest, public ::testing::WithParamInterface<ErrorsParam> {
protected:
    void SetUp() override
    {
        OldDataTest::SetUp();
        use_heap(std::get<2>(GetParam()));
    }

    static Source source() { return std::get<0>(GetParam()); }
    static Form form() { return std::get<1>(GetParam()); }

    /// Makes the call of a whole file.
    [[nodiscard]] contract::Outcome read_whole(int fd) const
    {
        return whole_file(fd, size)[form() == Form::flag ? 0 : 1].on(heap());
    }
};

TEST_P(ErrorsTest, NothingIsSeen)
{
    for (const std::uint64_t place : {std::uint64_t{0}, megabyte + 4096, size - 4096}) {
        SCOPED_TRACE("from byte " + std::to_string(place));
        for (const bool is_short : {false, true}) {
            // A loop device makes zeros of what its file does not give.
            if (is_short && source() == Source::device)
                continue;
            contract::UniqueFd next;
            {
                // A new one each time: FUSE takes a short answer for the file's new end.
                const auto opened = open_source(source());
                if (!opened)
                    GTEST_SKIP() << opened.error();
                if (is_short)
                    opened->file->end_at(place + 100);
                else
                    opened->file->fail_from(place, EIO);
                const contract::Holdings holdings;
                EXPECT_EQ(read_whole(opened->fd.get()).error, Errno{EIO});
                EXPECT_EQ(holdings.change(), "");
                next = look_into_the_next(size);
            }
            keep(std::move(next));
        }
    }
}

// All of the file is in the buffer when it is found that its caller cannot be told.
TEST_P(ErrorsTest, NothingIsSeenOfABufferThatNobodyGets)
{
    contract::UniqueFd next;
    {
        const auto opened = open_source(source());
        if (!opened)
            GTEST_SKIP() << opened.error();
        const BareCall call(form(), opened->fd.get());
        const contract::ProtectedPage page;
        page.hold(call.bytes().data(), call.bytes().size());
        page.protect(PROT_READ);
        const contract::Holdings holdings;
        EXPECT_EQ(call.on(heap(), page.address()), Errno{EFAULT});
        EXPECT_EQ(holdings.change(), "");
        next = look_into_the_next(size);
    }
    keep(std::move(next));
}

TEST_P(ErrorsTest, NothingIsSeenAfterAKillInTheMiddle)
{
    for (const std::uint64_t place : {megabyte + 4096, size - 4096}) {
        SCOPED_TRACE("at byte " + std::to_string(place));
        contract::UniqueFd next;
        {
            const auto opened = open_source(source());
            if (!opened)
                GTEST_SKIP() << opened.error();
            const BareCall call(form(), opened->fd.get());
            opened->file->hold_from(place);
            const contract::Holdings holdings;
            {
                contract::Child child([&] { return call.on(heap()).value; });
                EXPECT_TRUE(opened->file->holds_a_read());
                child.signal(SIGKILL);
                // What the server has taken, and what the device has begun, is waited for.
                opened->file->release();
                const auto status = child.wait();
                EXPECT_TRUE(status && WIFSIGNALED(*status)) << "wait status " << status.value_or(-1);
            }
            EXPECT_EQ(holdings.lasting_change(), "");
            next = look_into_the_next(size);
        }
        keep(std::move(next));
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
