// SPDX-License-Identifier: Apache-2.0
// A filesystem that is made read-only, or frozen, while a file of it is
// loaded, and one that is full: reading needs none of it to write.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "faulty_disk.hpp"
#include "small_batches.hpp"

namespace faults {
namespace {

class FilesystemStateTest : public FaultyDiskTest {
protected:
    /// Loads a file of a late disk; \p action comes in the middle.
    [[nodiscard]] contract::Errno load_late(const Source& source, const std::function<void()>& action) const
    {
        const Condition late(disk(), disk().late(std::chrono::milliseconds(200)));
        return load(source, {reads_wait, action});
    }

    /// A file that nobody has open for writing, and whose access time is due to be written.
    [[nodiscard]] static Source read_only(const contract::TemporaryFile& file)
    {
        Source source(file);
        source.flags = O_RDONLY;
        return source;
    }

    /// Busy is whoever writes, and for a moment that is the load: the access time of its file.
    [[nodiscard]] static int remount(unsigned long flags)
    {
        constexpr std::chrono::milliseconds turn(5);
        constexpr int turns = 40;
        for (int left = turns;; --left) {
            const int result =
                ::mount(nullptr, disk().folder().c_str(), nullptr, MS_REMOUNT | flags, nullptr);
            if (result == 0 || errno != EBUSY || left == 0)
                return result;
            std::this_thread::sleep_for(turn);
        }
    }

private:
    SmallBatches small_;
};

constexpr std::uint64_t size = SmallBatches::several_windows;

TEST_P(FilesystemStateTest, MadeReadOnlyInTheMiddle)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const auto make_read_only = [] { EXPECT_EQ(remount(MS_RDONLY), 0) << std::strerror(errno); };
    EXPECT_EQ(load_late(read_only(file), make_read_only), contract::Errno{});
    EXPECT_EQ(load(read_only(file)), contract::Errno{}) << "of a filesystem that is read-only";
    EXPECT_EQ(remount(0), 0) << std::strerror(errno);
    EXPECT_EQ(load_late(read_only(file), make_read_only), contract::Errno{});
    EXPECT_EQ(load_late(read_only(file), [] { EXPECT_EQ(remount(0), 0) << std::strerror(errno); }),
              contract::Errno{})
        << "made writable again in the middle";
}

TEST_P(FilesystemStateTest, FrozenInTheMiddle)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const contract::UniqueFd root = contract::open_file(disk().folder(), O_RDONLY);
    const auto freeze = [&] { EXPECT_EQ(::ioctl(root.get(), FIFREEZE, 0), 0) << std::strerror(errno); };
    const auto thaw = [&] { EXPECT_EQ(::ioctl(root.get(), FITHAW, 0), 0) << std::strerror(errno); };
    EXPECT_EQ(load_late(read_only(file), freeze), contract::Errno{});
    EXPECT_EQ(load_late(read_only(file), thaw), contract::Errno{}) << "thawed in the middle";
}

TEST_P(FilesystemStateTest, Full)
{
    const contract::TemporaryFile file(disk().folder(), size);
    const contract::TemporaryFile filler(disk().folder(), 1);
    const contract::UniqueFd fd = filler.open(O_WRONLY);
    // What there is of it is taken before it is found to be too little.
    EXPECT_EQ(::fallocate(fd.get(), 0, 0, 100 * contract::megabyte), -1);
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_EQ(load(read_only(file)), contract::Errno{});
}

INSTANTIATE_TEST_SUITE_P(All, FilesystemStateTest, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace faults
