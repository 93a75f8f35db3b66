// SPDX-License-Identifier: Apache-2.0
// Contract, rule 8: no state of ours between callers.
#include <mutex>
#include <thread>
#include <vector>

#include "support/fixture.hpp"
#include "support/gather_limit.hpp"

namespace contract {
namespace {

using ConcurrencyTest = PlaceTest;

constexpr int loads_per_thread = 6;
constexpr std::uint64_t sizes[] = {1,
                                   4097,
                                   100 * kilobyte + 3,
                                   megabyte,
                                   2 * megabyte - 1,
                                   5 * megabyte + 511,
                                   8 * megabyte,
                                   11 * megabyte + 1};

/// Runs one thread for each size that loads a file of its own, repeatedly.
class Loaders {
public:
    Loaders(int heap, const Place& place)
    {
        for (const std::uint64_t size : sizes)
            threads_.emplace_back([this, heap, place, size] {
                try {
                    load(heap, place, size);
                } catch (const std::exception& error) {
                    complain(error.what());
                }
            });
    }
    std::string join()
    {
        for (std::thread& thread : threads_)
            thread.join();
        return complaints_;
    }

private:
    void complain(const std::string& text)
    {
        const std::lock_guard lock(mutex_);
        complaints_ += text + "\n";
    }
    void load(int heap, const Place& place, std::uint64_t size)
    {
        const TemporaryFile file(place.folder, size, size);
        const UniqueFd fd = file.open(place.open_flags());
        for (int i = 0; i < loads_per_thread; ++i) {
            const Outcome loaded = alloc_read(heap, fd.get());
            if (loaded.error != Errno{})
                return complain("size " + std::to_string(size) + ": errno " +
                                std::to_string(loaded.error.value));
            if (const auto holds = holds_pattern(loaded.dmabuf.get(), size, size); !holds)
                return complain(holds.message());
        }
    }

    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::string complaints_;
};

TEST_P(ConcurrencyTest, EightThreadsEachWithAFileOfItsOwn)
{
    Loaders loaders(heap(), GetParam());
    EXPECT_EQ(loaders.join(), "");
}

TEST_P(ConcurrencyTest, EightThreadsWithOneDescriptor)
{
    constexpr std::uint64_t size = 4 * megabyte + 7;
    const TemporaryFile file(folder(), size);
    const UniqueFd fd = open(file);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 3; ++k) {
                const Outcome loaded = load(fd.get());
                EXPECT_EQ(loaded.error, Errno{});
                if (loaded.error == Errno{}) {
                    EXPECT_TRUE(holds_pattern(loaded.dmabuf.get(), size, 1));
                }
            }
        });
    for (std::thread& thread : threads)
        thread.join();
}

// The limit that a call began with is the one it keeps.
TEST_P(ConcurrencyTest, GatherLimitChangedDuringLoads)
{
    if (!GatherLimit::exists())
        GTEST_SKIP() << GatherLimit::path << " is not there: the series is not complete";
    const GatherLimit limit;
    Loaders loaders(heap(), GetParam());
    const std::jthread changer([&](const std::stop_token& stop) {
        while (!stop.stop_requested())
            for (const char* text : {"64K", "8M", "4096", "3M", "1M"})
                static_cast<void>(limit.set(text));
    });
    EXPECT_EQ(loaders.join(), "");
}

INSTANTIATE_TEST_SUITE_P(All, ConcurrencyTest, ::testing::ValuesIn(all_places()), place_name);

}  // namespace
}  // namespace contract
