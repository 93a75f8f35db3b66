// SPDX-License-Identifier: Apache-2.0
#include <dmaload/heap.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

using testing::HasSubstr;

class HeapTest : public testing::Test {
protected:
    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
};

TEST(HeapList, NamesAllHeapsSorted)
{
    std::string directory = scratch_directory() + "/dmaload-heaps-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    for (const char* name : {"system", "reserved", "linux,cma"})
        std::ofstream(directory + "/" + name) << "";
    const auto names = Heap::list(directory);
    std::filesystem::remove_all(directory);
    ASSERT_TRUE(names) << names.error().message();
    EXPECT_THAT(*names, testing::ElementsAre("linux,cma", "reserved", "system"));
}

TEST(HeapList, SaysWhatIsMissingWithoutADirectory)
{
    const std::size_t fds = count_fds();
    const auto names = Heap::list("/no/such/directory");
    ASSERT_FALSE(names);
    EXPECT_EQ(names.error().code, ENOENT);
    EXPECT_THAT(names.error().message(), HasSubstr("CONFIG_DMABUF_HEAPS"));
    EXPECT_EQ(count_fds(), fds);
}

TEST_F(HeapTest, RefusesNamesThatLeaveTheDirectory)
{
    for (const char* name : {"", "../null", "a/b"}) {
        const auto heap = Heap::open(name);
        ASSERT_FALSE(heap) << name;
        EXPECT_EQ(heap.error().code, EINVAL);
    }
}

TEST_F(HeapTest, TellsAMissingHeapFromAForbiddenOne)
{
    EXPECT_THAT(Heap::open("none").error().message(), HasSubstr("`dmaload heaps`"));
    kernel.open_errors["/dev/dma_heap/system"] = EACCES;
    const auto heap = Heap::open("system");
    ASSERT_FALSE(heap);
    EXPECT_THAT(heap.error().message(),
                HasSubstr("open /dev/dma_heap/system: Permission denied. Run as root"));
}

TEST_F(HeapTest, AllocatesWholePages)
{
    const auto heap = Heap::open("system");
    ASSERT_TRUE(heap);
    const auto buffer = heap->allocate(1);
    ASSERT_TRUE(buffer);
    EXPECT_EQ(::lseek(buffer->get(), 0, SEEK_END), ::sysconf(_SC_PAGESIZE));
}

TEST_F(HeapTest, SaysHowMuchItCouldNotAllocate)
{
    const auto heap = Heap::open("system");
    kernel.fault = [](std::string_view call) {
        return call == "ioctl" ? std::optional<int>(ENOMEM) : std::nullopt;
    };
    const auto buffer = heap->allocate(123456);
    ASSERT_FALSE(buffer);
    EXPECT_THAT(buffer.error().message(),
                HasSubstr("123456 bytes of heap system: Cannot allocate memory. Free"));
}

TEST_F(HeapTest, ProbeDistinguishesKernelHeapAndSuccess)
{
    kernel.heaps["reserved"] = {.reads_files = false};
    EXPECT_TRUE(Heap::open("system")->probe_read());

    const auto cannot = Heap::open("reserved")->probe_read();
    ASSERT_FALSE(cannot);
    EXPECT_EQ(cannot.error().code, EOPNOTSUPP);
    EXPECT_THAT(cannot.error().message(), HasSubstr("This heap cannot read files"));

    kernel.knows_flag = false;
    const auto unknown = Heap::open("system")->probe_read();
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, EINVAL);
    EXPECT_THAT(unknown.error().message(), HasSubstr("kernel-patches"));
}

TEST_F(HeapTest, ProbeOfRangesDistinguishesKernelHeapAndSuccess)
{
    kernel.heaps["reserved"] = {.reads_files = false};
    EXPECT_TRUE(Heap::open("system")->probe_read_ranges());
    EXPECT_EQ(Heap::open("reserved")->probe_read_ranges().error().code, EOPNOTSUPP);

    kernel.knows_ranges = false;
    const auto unknown = Heap::open("system")->probe_read_ranges();
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, EINVAL);
    EXPECT_THAT(unknown.error().message(), HasSubstr("does not know DMA_HEAP_IOCTL_ALLOC_READ"));
}

TEST_F(HeapTest, RefusesMoreRangesThanACallTakes)
{
    const auto heap = Heap::open("system");
    for (const std::size_t count : {std::size_t{0}, Heap::max_ranges + 1}) {
        const auto buffer = heap->allocate_and_read_ranges(std::vector<ReadRange>(count));
        ASSERT_FALSE(buffer);
        EXPECT_EQ(buffer.error().code, EINVAL);
        EXPECT_THAT(buffer.error().message(), HasSubstr("one call takes 1 to 4096"));
    }
}

TEST_F(HeapTest, ProbeLeavesNothingBehind)
{
    const std::size_t fds = count_fds();
    EXPECT_TRUE(Heap::open("system")->probe_read());
    EXPECT_TRUE(Heap::open("system")->probe_read_ranges());
    EXPECT_EQ(count_fds(), fds);
}

}  // namespace
}  // namespace dmaload::test
