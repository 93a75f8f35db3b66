// SPDX-License-Identifier: Apache-2.0
// Contract, rule 6: files that change while they are loaded.
#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/fixture.hpp"
#include "support/process.hpp"

namespace contract {
namespace {

constexpr std::chrono::milliseconds longest_delay(40);

/// Runs \p change in a thread, after a delay, while \p load runs.
template <class Change, class Load>
void at_once(RandomDelay& delay, Change change, Load load)
{
    std::thread changer([&] {
        delay.sleep();
        change();
    });
    load();
    changer.join();
}

using ChangeTest = PlaceTest;

TEST_P(ChangeTest, TruncatedIsAnErrorOrTheOldContentInFull)
{
    constexpr std::uint64_t size = 16 * megabyte + 333;
    RandomDelay delay(longest_delay);
    const MemoryWatch memory;
    for (int round = 0; round < 12; ++round) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        const std::uint64_t rest = round % 2 == 0 ? 5000 : 10 * megabyte + 1;
        Outcome loaded;
        int truncated = -1;
        at_once(
            delay, [&] { truncated = ::truncate(file.path().c_str(), static_cast<off_t>(rest)); },
            [&] { loaded = load(fd.get()); });
        ASSERT_EQ(truncated, 0);
        if (loaded.error != Errno{}) {
            EXPECT_EQ(loaded.error, Errno{EIO});
        } else {
            // Cut before the call, it is a smaller file.
            const bool before = dmabuf_size(loaded.dmabuf.get()) == round_up(rest, page_size());
            EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), before ? rest : size, 1));
        }
    }
    EXPECT_TRUE(memory.returned());
}

TEST_P(ChangeTest, GrownKeepsTheSizeAtEntry)
{
    constexpr std::uint64_t size = 8 * megabyte + 100;
    constexpr std::size_t appended = 3000;
    RandomDelay delay(longest_delay);
    for (int round = 0; round < 6; ++round) {
        const TemporaryFile file(folder(), size);
        const UniqueFd fd = open(file);
        const UniqueFd writer = file.open(O_WRONLY | O_APPEND);
        Outcome loaded;
        at_once(
            delay,
            [&] {
                for (std::size_t i = 0; i < appended; ++i)
                    if (::write(writer.get(), "\xEE", 1) != 1)
                        break;
                ::fsync(writer.get());
            },
            [&] { loaded = load(fd.get()); });
        ASSERT_EQ(loaded.error, Errno{});
        const View view(loaded.dmabuf.get());
        ASSERT_EQ(view.bytes().size(), round_up(size, page_size()));
        EXPECT_FALSE(dmaload::pattern::first_difference(view.bytes().first(size), 0, 1));
        // The size at entry is anywhere in what was appended; behind it are zeros.
        const auto tail = view.bytes().subspan(size);
        const auto zeros = std::ranges::find(tail, std::byte{});
        EXPECT_LE(zeros - tail.begin(), static_cast<std::ptrdiff_t>(appended));
        EXPECT_TRUE(std::all_of(tail.begin(), zeros, [](std::byte byte) { return byte == std::byte{0xEE}; }));
        EXPECT_TRUE(std::all_of(zeros, tail.end(), [](std::byte byte) { return byte == std::byte{}; }));
    }
}

TEST_P(ChangeTest, OverwrittenBytesAreOldOrNew)
{
    constexpr std::uint64_t size = 8 * megabyte + 77;
    RandomDelay delay(longest_delay);
    std::vector<std::byte> old_bytes(size);
    std::vector<std::byte> new_bytes(size);
    dmaload::pattern::fill(old_bytes, 0, 1);
    dmaload::pattern::fill(new_bytes, 0, 2);
    for (int round = 0; round < 4; ++round) {
        const TemporaryFile file(folder(), size, 1);
        const UniqueFd fd = open(file);
        Outcome loaded;
        at_once(delay, [&] { write_pattern(file.path(), size, 2); }, [&] { loaded = load(fd.get()); });
        ASSERT_EQ(loaded.error, Errno{});
        const View view(loaded.dmabuf.get());
        ASSERT_EQ(view.bytes().size(), round_up(size, page_size()));
        std::uint64_t foreign = 0;
        for (std::uint64_t i = 0; i < size; ++i)
            foreign += view.bytes()[i] != old_bytes[i] && view.bytes()[i] != new_bytes[i] ? 1 : 0;
        EXPECT_EQ(foreign, 0U) << "bytes that the file never held";
        EXPECT_FALSE(dmaload::pattern::first_nonzero(view.bytes().subspan(size), size));
    }
}

TEST_P(ChangeTest, CutAndRestoredShowsOnlyItsOwnBytes)
{
    constexpr std::uint64_t size = 8 * megabyte + 77;
    RandomDelay delay(longest_delay);
    std::vector<std::byte> old_bytes(size);
    dmaload::pattern::fill(old_bytes, 0, 1);
    for (int round = 0; round < 6; ++round) {
        const TemporaryFile file(folder(), size, 1);
        const UniqueFd fd = open(file);
        Outcome loaded;
        at_once(
            delay,
            [&] {
                // Cut and grown again without being written: zeros.
                if (::truncate(file.path().c_str(), 4096) == 0)
                    static_cast<void>(::truncate(file.path().c_str(), size) == 0);
            },
            [&] { loaded = load(fd.get()); });
        if (loaded.error != Errno{}) {
            EXPECT_EQ(loaded.error, Errno{EIO});
            continue;
        }
        const View view(loaded.dmabuf.get());
        const std::uint64_t held = std::min<std::uint64_t>(size, view.bytes().size());
        std::uint64_t foreign = 0;
        for (std::uint64_t i = 0; i < held; ++i)
            foreign += view.bytes()[i] != old_bytes[i] && view.bytes()[i] != std::byte{} ? 1 : 0;
        EXPECT_EQ(foreign, 0U) << "bytes that the file never held";
        EXPECT_FALSE(dmaload::pattern::first_nonzero(view.bytes().subspan(held), held));
    }
}

INSTANTIATE_TEST_SUITE_P(All, ChangeTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
