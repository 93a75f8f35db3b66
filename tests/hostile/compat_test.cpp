// SPDX-License-Identifier: Apache-2.0
// 32-bit callers: the structs have no holes, so they are the same for both, and
// so are the results of the calls.
#include <cerrno>
#include <cstring>
#include <functional>
#include <vector>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/compat.hpp"
#include "support/fixture.hpp"
#include "support/ranges.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::megabyte;
using contract::UniqueFd;

// A 64-bit number is aligned to 4 bytes on i386: only what is so as well has the same layout there.
#define SAME_LAYOUT(type, ...)                     \
    struct __attribute__((packed)) packed_##type { \
        __VA_ARGS__                                \
    };                                             \
    static_assert(sizeof(packed_##type) == sizeof(type))

SAME_LAYOUT(dma_heap_allocation_data, __u64 len; __u32 fd; __u32 fd_flags; __u64 heap_flags;);
SAME_LAYOUT(dma_heap_read_range, __s32 file_fd; __u32 reserved; __u64 file_offset; __u64 length;
            __u64 buffer_offset;);
SAME_LAYOUT(dma_heap_allocate_read_data, __u64 len; __u64 ranges; __u32 nr_ranges; __u32 fd_flags;
            __u64 heap_flags; __u32 fd; __u32 reserved; __u64 bytes_read;);

/// A call to be made both ways: the struct's bytes and the ranges behind them.
struct Case {
    const char* name;
    Errno error{};
    std::function<void(dma_heap_allocation_data&)> change_flag{};
    std::function<void(dma_heap_allocate_read_data&, contract::Range*)> change_ranges{};
    std::size_t size = 0;  ///< of the struct; 0: what it has
    int protection = PROT_READ | PROT_WRITE;
    bool null = false;
};

void PrintTo(const Case& each, std::ostream* out)
{
    *out << each.name;
}

constexpr std::uint64_t file_size = megabyte + 77;
constexpr std::size_t ranges_at = 1024;  // in the page; the struct is before it

class CompatTest : public contract::RangesTest, public ::testing::WithParamInterface<Case> {
protected:
    void SetUp() override
    {
        RangesTest::SetUp();
        if (IsSkipped())
            return;
        if (!has_compat())
            GTEST_SKIP() << "no 32-bit calls (CONFIG_IA32_EMULATION)";
        file_.emplace("/dev/shm", file_size);
        file_fd_ = file_->open(O_RDONLY);
    }
    void TearDown() override
    {
        file_fd_.reset();
        file_.reset();
        RangesTest::TearDown();
    }

    /// What came of a call: its errno, and the struct as the call left it.
    struct Result {
        Errno error;
        std::vector<std::byte> bytes;
    };

    /// Fills the page in, and returns the command.
    unsigned long prepare(const LowPages& page) const
    {
        const Case& each = GetParam();
        std::memset(page.begin(), 0, page.size());
        if (each.change_flag) {
            dma_heap_allocation_data data{};
            data.file_fd = file_fd_.get();
            data.fd_flags = O_RDWR | O_CLOEXEC;
            data.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;
            each.change_flag(data);
            std::memcpy(page.begin(), &data, sizeof(data));
            return command(0, sizeof(data));
        }
        contract::Range ranges[] = {contract::range(file_fd_.get(), 1, 5000, 8192),
                                    contract::range(file_fd_.get(), 4096, file_size - 4096, 16384)};
        dma_heap_allocate_read_data data{};
        data.ranges = reinterpret_cast<std::uintptr_t>(page.begin() + ranges_at);
        data.nr_ranges = 2;
        data.fd_flags = O_RDWR | O_CLOEXEC;
        each.change_ranges(data, ranges);
        std::memcpy(page.begin(), &data, sizeof(data));
        std::memcpy(page.begin() + ranges_at, ranges, sizeof(ranges));
        return command(1, sizeof(data));
    }

    /// Makes the call; the descriptor that came of it is closed after a look at the buffer.
    Result call(const std::function<Errno(unsigned long, void*)>& make)
    {
        const LowPages page(4096);
        const unsigned long number = prepare(page);
        page.protect(GetParam().protection);
        const Errno error = make(number, GetParam().null ? nullptr : page.begin());
        page.protect(PROT_READ | PROT_WRITE);
        if (error == Errno{}) {
            std::uint32_t fd = 0;
            const bool is_flag = static_cast<bool>(GetParam().change_flag);
            std::memcpy(&fd,
                        page.begin() + (is_flag ? offsetof(dma_heap_allocation_data, fd)
                                                : offsetof(dma_heap_allocate_read_data, fd)),
                        sizeof(fd));
            const UniqueFd dmabuf(static_cast<int>(fd));
            EXPECT_TRUE(is_flag ? contract::holds_pattern(dmabuf.get(), file_size, 1)
                                : holds_both(dmabuf.get()));
        }
        // The address is another one in each call; nothing else may be.
        if (!GetParam().change_flag)
            std::memset(page.begin() + offsetof(dma_heap_allocate_read_data, ranges), 0, sizeof(__u64));
        return {error, {page.begin(), page.end()}};
    }

private:
    static unsigned long command(unsigned int number, std::size_t size)
    {
        const std::size_t told = GetParam().size != 0 ? GetParam().size : size;
        return _IOC(_IOC_READ | _IOC_WRITE, DMA_HEAP_IOC_MAGIC, number, told);
    }
    static ::testing::AssertionResult holds_both(int dmabuf)
    {
        return contract::holds_pieces(
            dmabuf,
            {{.file_offset = 1, .length = 5000, .buffer_offset = 8192},
             {.file_offset = 4096, .length = file_size - 4096, .buffer_offset = 16384}},
            contract::round_up(file_size + 12288, contract::page_size()));
    }

    std::optional<contract::TemporaryFile> file_;
    UniqueFd file_fd_;
};

TEST_P(CompatTest, GivesWhatA64BitCallGives)
{
    const Result wide = call([this](unsigned long number, void* argument) {
        return Errno{::ioctl(heap(), number, argument) < 0 ? errno : 0};
    });
    const Result narrow =
        call([this](unsigned long number, void* argument) { return compat_ioctl(heap(), number, argument); });
    EXPECT_EQ(wide.error, GetParam().error);
    EXPECT_EQ(narrow.error, GetParam().error);
    EXPECT_EQ(narrow.bytes, wide.bytes) << "the structs came back different";
}

using Flag = dma_heap_allocation_data;
using Ranges = dma_heap_allocate_read_data;
using contract::Range;

INSTANTIATE_TEST_SUITE_P(
    All, CompatTest,
    ::testing::Values(
        Case{.name = "flag", .change_flag = [](Flag&) {}},
        Case{.name = "flag_no_file", .error = {EBADF}, .change_flag = [](Flag& data) { data.file_fd = -1; }},
        Case{
            .name = "flag_reserved", .error = {EINVAL}, .change_flag = [](Flag& data) { data.reserved = 1; }},
        Case{.name = "flag_unknown_bit",
             .error = {EINVAL},
             .change_flag = [](Flag& data) { data.heap_flags = 1ULL << 63; }},
        Case{.name = "flag_read_only",
             .error = {EFAULT},
             .change_flag = [](Flag&) {},
             .protection = PROT_READ},
        Case{.name = "flag_null", .error = {EFAULT}, .change_flag = [](Flag&) {}, .null = true},
        Case{.name = "ranges", .change_ranges = [](Ranges&, Range*) {}},
        Case{.name = "ranges_large_struct", .change_ranges = [](Ranges&, Range*) {}, .size = 512},
        Case{.name = "ranges_unknown_tail",
             .error = {E2BIG},
             .change_ranges = [](Ranges&, Range*) {},
             .size = ranges_at + sizeof(Range)},
        Case{.name = "ranges_short_struct",
             .error = {EINVAL},
             .change_ranges = [](Ranges&, Range*) {},
             .size = sizeof(Ranges) - 1},
        Case{.name = "ranges_high_pointer",
             .error = {EFAULT},
             .change_ranges = [](Ranges& data, Range*) { data.ranges |= 0xffff8880ULL << 32; }},
        Case{.name = "ranges_none",
             .error = {EINVAL},
             .change_ranges = [](Ranges& data, Range*) { data.nr_ranges = 0; }},
        Case{.name = "ranges_too_many",
             .error = {EINVAL},
             .change_ranges = [](Ranges& data, Range*) { data.nr_ranges = UINT32_MAX; }},
        Case{.name = "ranges_overlap",
             .error = {EINVAL},
             .change_ranges = [](Ranges&, Range* ranges) { ranges[1].buffer_offset = 8193; }},
        Case{.name = "ranges_large_numbers",
             .error = {ENOMEM},
             .change_ranges = [](Ranges&, Range* ranges) { ranges[0].buffer_offset = 1ULL << 62; }},
        Case{.name = "ranges_overflow",
             .error = {EINVAL},
             .change_ranges = [](Ranges&, Range* ranges) { ranges[0].file_offset = UINT64_MAX; }},
        Case{.name = "ranges_large_buffer",
             .error = {EFBIG},
             .change_ranges = [](Ranges& data, Range*) { data.len = 1ULL << 63; }},
        Case{.name = "ranges_read_only",
             .error = {EFAULT},
             .change_ranges = [](Ranges&, Range*) {},
             .protection = PROT_READ},
        Case{
            .name = "ranges_null", .error = {EFAULT}, .change_ranges = [](Ranges&, Range*) {}, .null = true}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace hostile
