// SPDX-License-Identifier: Apache-2.0
#include "queued_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include <dmaload/pattern.hpp>

#include "aligned_buffer.hpp"
#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test::queued_reading {
namespace {

using testing::HasSubstr;

constexpr std::size_t block = 4096;
constexpr std::size_t blocks = 10;
constexpr std::uint64_t size = blocks * block - 100;
constexpr unsigned depth = 3;

class QueuedReaderTest : public testing::Test {
protected:
    std::span<std::byte> target(std::size_t index) { return buffer->bytes().subspan(index * block, block); }

    /// Reads the whole file; the error, or nothing.
    std::optional<Error> read(Mode mode)
    {
        const auto source = FileSource::open(file.path(), mode);
        EXPECT_TRUE(source);
        auto reader = QueuedReader::create(*source, depth);
        if (!reader)
            return reader.error();
        for (std::size_t i = 0; i < blocks || !reader->idle();) {
            if (i < blocks && !reader->full()) {
                const std::size_t length = mode == Mode::buffered && i + 1 == blocks ? block - 100 : block;
                if (const auto added = reader->add({i * block, target(i).first(length)}); !added)
                    return added.error();
                ++i;
                continue;
            }
            const auto taken = reader->take();
            if (!taken)
                return taken.error();
            EXPECT_TRUE(arrived.insert(taken->offset).second);
            EXPECT_EQ(taken->target.data(), buffer->bytes().data() + taken->offset);
        }
        return std::nullopt;
    }
    void expect_content()
    {
        EXPECT_EQ(arrived.size(), blocks);
        EXPECT_EQ(pattern::first_difference(buffer->bytes().first(size), 0, 4), std::nullopt);
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), size, 4};
    std::optional<AlignedBuffer> buffer = AlignedBuffer::allocate(std::size_t{1} << 16U);
    std::set<std::uint64_t> arrived;
};

TEST_F(QueuedReaderTest, BringsEachBlockOnce)
{
    for (const Mode mode : {Mode::direct, Mode::buffered}) {
        arrived.clear();
        std::ranges::fill(buffer->bytes(), std::byte{0});
        EXPECT_FALSE(read(mode));
        expect_content();
    }
}

TEST_F(QueuedReaderTest, GoesOnBehindShortBufferedReads)
{
    kernel.shorten = [](std::size_t n) { return std::min<std::size_t>(n, 1000); };
    EXPECT_FALSE(read(Mode::buffered));
    expect_content();
}

TEST_F(QueuedReaderTest, TakesAShortDirectReadForAnError)
{
    kernel.shorten = [](std::size_t n) { return std::min<std::size_t>(n, 512); };
    const auto error = read(Mode::direct);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, EIO);
    EXPECT_THAT(error->message(), HasSubstr("512 bytes came where 4096 were asked for"));
}

TEST_F(QueuedReaderTest, RepeatsWhatASignalEnded)
{
    std::map<std::string_view, int> calls;
    kernel.fault = [&](std::string_view call) -> std::optional<int> {
        if (call != "pread" && call != "io_uring_enter")
            return std::nullopt;
        return calls[call]++ % 2 == 0 ? std::optional(EINTR) : std::nullopt;
    };
    EXPECT_FALSE(read(Mode::direct));
    expect_content();
}

TEST_F(QueuedReaderTest, PassesErrorsOn)
{
    for (const char* where : {"pread", "io_uring_enter", "io_uring_setup"}) {
        kernel.fault = [&](std::string_view call) {
            return call == where ? std::optional(EIO) : std::nullopt;
        };
        arrived.clear();
        const auto error = read(Mode::direct);
        ASSERT_TRUE(error) << where;
        EXPECT_EQ(error->code, EIO) << where;
    }
}

TEST_F(QueuedReaderTest, EndsWhatIsInFlightBeforeItGoes)
{
    const auto source = FileSource::open(file.path(), Mode::direct);
    int reads = 0;
    kernel.before_read = [&](int) { ++reads; };
    {
        auto reader = QueuedReader::create(*source, depth);
        ASSERT_TRUE(reader);
        for (std::size_t i = 0; i < depth; ++i)
            ASSERT_TRUE(reader->add({i * block, target(i)}));
        ASSERT_TRUE(reader->start());
        EXPECT_EQ(reads, 0);
    }
    EXPECT_EQ(reads, 3);
}

TEST_F(QueuedReaderTest, ReadsToRegisteredBuffers)
{
    const auto source = FileSource::open(file.path(), Mode::direct);
    auto reader = QueuedReader::create(*source, depth);
    ASSERT_TRUE(reader->reserve_buffers(2));
    ASSERT_TRUE(reader->set_buffer(1, target(0)));
    ASSERT_TRUE(reader->add({0, target(0), 1}));
    EXPECT_TRUE(reader->take());
    EXPECT_EQ(pattern::first_difference(target(0), 0, 4), std::nullopt);
    ASSERT_TRUE(reader->add({0, target(1), 1}));
    EXPECT_EQ(reader->take().error().code, EFAULT) << "lies in another buffer";
    EXPECT_FALSE(reader->set_buffer(2, target(0))) << "there is no room for it";
}

TEST_F(QueuedReaderTest, ProbingSurvivesASandboxAndLeavesNothing)
{
    const std::size_t fds = count_fds();
    EXPECT_TRUE(probe_ring(true));
    kernel.ring_kills = true;
    const auto killed = probe_ring(false);
    ASSERT_FALSE(killed);
    EXPECT_EQ(killed.error().code, EPERM);
    EXPECT_EQ(count_fds(), fds);
}

// The same reads by the kernel that is there.
TEST_F(QueuedReaderTest, WorksOnARealRing)
{
    Syscalls real;
    const ScopedSyscalls inner(real);
    if (const auto able = probe_ring(false); !able)
        GTEST_SKIP() << able.error().message();
    EXPECT_FALSE(read(Mode::buffered));
    expect_content();
}

}  // namespace
}  // namespace dmaload::test::queued_reading
