// SPDX-License-Identifier: Apache-2.0
// Contract, rule 4: a direct read brings the whole last block, with whatever
// lies in it behind the end of the file. It must not be in the buffer. Bytes
// are planted there through the raw device.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fixture.hpp"

namespace contract {
namespace {

constexpr std::uint64_t block_size = 4096;
constexpr std::byte planted{0xA5};

struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
};
using Block = std::unique_ptr<std::byte[], Free>;

Block make_block()
{
    Block block(static_cast<std::byte*>(std::aligned_alloc(block_size, block_size)));
    if (!block)
        throw std::bad_alloc();
    return block;
}

Block read_block(const std::string& device, std::uint64_t where)
{
    Block block = make_block();
    const UniqueFd fd = open_file(device, O_RDONLY | O_DIRECT);
    if (::pread(fd.get(), block.get(), block_size, static_cast<off_t>(where)) !=
        static_cast<ssize_t>(block_size))
        throw_errno("read " + device);
    return block;
}

/// Overwrites the bytes [from, block_size) of the block at \p where. Without
/// CONFIG_BLK_DEV_WRITE_MOUNTED a mounted device cannot be written to: then
/// the filesystem is unmounted meanwhile.
void plant(const std::string& folder, std::uint64_t where, std::uint64_t from)
{
    const std::string device = device_of(folder);
    const std::string filesystem = filesystem_of(folder);
    const Block block = read_block(device, where);
    std::fill(block.get() + from, block.get() + block_size, planted);

    UniqueFd fd(::open(device.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
    const bool unmounted = !fd;
    if (unmounted) {
        if (errno != EBUSY && errno != EPERM)
            throw_errno("open " + device);
        if (::umount(folder.c_str()) != 0)
            throw_errno("umount " + folder);
        fd = open_file(device, O_WRONLY | O_DIRECT);
    }
    const ssize_t written = ::pwrite(fd.get(), block.get(), block_size, static_cast<off_t>(where));
    const int error = errno;
    fd.reset();
    if (unmounted && ::mount(device.c_str(), folder.c_str(), filesystem.c_str(), 0, nullptr) != 0)
        throw_errno("mount " + folder);
    errno = error;
    if (written != static_cast<ssize_t>(block_size))
        throw_errno("write " + device);
}

class TailTest : public PlaceTest {
protected:
    /// \p size bytes of a file, bytes behind its end planted, load, tail zero.
    void check(std::uint64_t size)
    {
        // Made longer and cut, because f2fs keeps what was always small in the inode.
        const TemporaryFile file(folder(), size + 2 * block_size);
        ASSERT_EQ(::truncate(file.path().c_str(), static_cast<off_t>(size)), 0);
        drop_caches();
        const auto where = device_offset(file.path(), size - 1, block_size);
        ASSERT_TRUE(where) << "the last block of " << size << " bytes is not a block of the device";
        const std::string device = device_of(folder());

        plant(folder(), *where, size % block_size);
        drop_caches();
        const Block there = read_block(device, *where);
        ASSERT_TRUE(std::all_of(there.get() + size % block_size, there.get() + block_size,
                                [](std::byte byte) { return byte == planted; }))
            << "the bytes behind the end did not get to the device";

        const UniqueFd fd = open(file);
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
