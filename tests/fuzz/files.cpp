// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <ranges>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "kinds.hpp"
#include "support/block.hpp"
#include "support/content.hpp"
#include "support/fuse_file.hpp"

namespace fuzz {
namespace {

using contract::kilobyte;
using contract::megabyte;

constexpr std::uint64_t longest_known = 4 * megabyte;

void add_alignment(File& file, int flags, const struct stat& status)
{
    if ((flags & O_DIRECT) == 0)
        return;
    struct statx stx{};
    if (S_ISBLK(status.st_mode)) {
        int block = 0;
        if (::ioctl(file.fd, BLKSSZGET, &block) == 0)
            file.align = file.mem_align = static_cast<std::uint64_t>(block);
    } else if (::statx(file.fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) == 0 &&
               (stx.stx_mask & STATX_DIOALIGN) != 0) {
        file.align = std::max(1U, stx.stx_dio_offset_align);
        file.mem_align = std::max<std::uint64_t>(file.align, stx.stx_dio_mem_align);
    }
}

/// What read(2) gives of all of it, and how that ends.
void add_content(File& file)
{
    const UniqueFd reader(
        ::open(("/proc/self/fd/" + std::to_string(file.fd)).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!reader || file.size > longest_known)
        return;
    std::vector<std::byte> bytes(file.size);
    std::uint64_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count =
            ::pread(reader.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (count <= 0)
            return;
        done += static_cast<std::uint64_t>(count);
    }
    file.content = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
}

/// None where the filesystem reads nothing directly.
UniqueFd open_direct(const std::string& path)
{
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
}

/// A folder that is removed with what is in it.
class Folder {
public:
    explicit Folder(std::string path) : path_(std::move(path)) {}
    Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Folder& operator=(Folder&&) = delete;
    ~Folder()
    {
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }

private:
    std::string path_;
};

/// A file of known content, opened in all ways.
void add_file(Files& files, const std::string& name, const std::string& folder, std::uint64_t size,
              std::uint64_t seed)
{
    auto file = std::make_unique<contract::TemporaryFile>(folder, size, seed);
    const std::string path = file->path();
    files.keep(std::move(file));
    files.add(name, contract::open_file(path, O_RDONLY), pattern(size, seed));
    files.add(name + "-rw", contract::open_file(path, O_RDWR | O_APPEND), pattern(size, seed));
    files.add(name + "-wronly", contract::open_file(path, O_WRONLY));
    files.add(name + "-path", contract::open_file(path, O_PATH));
    files.add(name + "-no-access", UniqueFd(::open(path.c_str(), O_ACCMODE | O_CLOEXEC)));
    files.add(name + "-direct", open_direct(path), pattern(size, seed));
}

void add_files_of(Files& files, const std::string& name, const std::string& folder, std::uint64_t seed)
{
    add_file(files, name, folder, 5000, seed++);
    add_file(files, name + "-byte", folder, 1, seed++);
    add_file(files, name + "-page", folder, 4096, seed++);
    add_file(files, name + "-64k", folder, 64 * kilobyte, seed++);
    add_file(files, name + "-1m", folder, megabyte + 77, seed++);
    add_file(files, name + "-empty", folder, 0, seed++);
    files.add(name + "-dir", contract::open_file(folder, O_RDONLY | O_DIRECTORY));
    UniqueFd nameless(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    const std::vector<std::byte> bytes = pattern(9000, seed);
    if (::write(nameless.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        nameless.reset();
    files.add(name + "-nameless", std::move(nameless), bytes);
    // Larger than any memory, and than any buffer.
    for (const auto& [suffix, size] :
         {std::pair{"-1t", off_t{1} << 40}, std::pair{"-max", static_cast<off_t>(LLONG_MAX)}}) {
        auto sparse = std::make_unique<contract::TemporaryFile>(folder, 1);
        if (::truncate(sparse->path().c_str(), size) != 0) {
            files.miss({name + suffix});
            continue;
        }
        files.add(name + suffix, sparse->open(O_RDONLY));
        files.keep(std::move(sparse));
    }
}

void add_block_device(Files& files)
{
    constexpr std::uint64_t size = 256 * kilobyte;
    auto image = std::make_unique<contract::Image>(size);
    contract::write_pattern(image->path(), size, 8);
    auto device = contract::LoopDevice::over(image->path());
    if (!device)
        return files.miss({"block", "block-direct", "block-wronly", "block-path"});
    const std::string path = device->path();
    files.keep(std::move(image));
    files.keep(std::move(*device));
    files.add("block", contract::open_file(path, O_RDONLY), pattern(size, 8));
    files.add("block-direct", contract::open_file(path, O_RDONLY | O_DIRECT), pattern(size, 8));
    files.add("block-wronly", contract::open_file(path, O_WRONLY));
    files.add("block-path", contract::open_file(path, O_PATH));
}

void add_fuse(Files& files)
{
    constexpr std::uint64_t size = 20'000;
    auto file = contract::FuseFile::make(size, 9);
    if (!file)
        return files.miss({"fuse", "fuse-direct"});
    const std::string path = (*file)->path();
    files.keep(std::move(*file));
    files.add("fuse", contract::open_file(path, O_RDONLY), pattern(size, 9));
    files.add("fuse-direct", contract::open_file(path, O_RDONLY | O_DIRECT), pattern(size, 9));
}

void add_overlay(Files& files, const std::string& disk)
{
    std::string base = disk + "/overlay-XXXXXX";
    if (::mkdtemp(base.data()) == nullptr)
        contract::throw_errno("mkdtemp " + base);
    Folder folder(base);
    for (const char* name : {"/lower", "/upper", "/work"})
        if (::mkdir((base + name).c_str(), 0700) != 0)
            contract::throw_errno("mkdir " + base + name);
    constexpr std::uint64_t size = 6000;
    contract::write_pattern(base + "/lower/file", size, 10);
    auto mount = contract::Mount::of(
        "overlay", "overlay",
        "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base + "/work");
    if (!mount)
        return files.miss({"overlay", "overlay-direct"});
    const std::string path = mount->path() + "/file";
    files.keep(std::move(*mount));
    files.keep(std::move(folder));
    files.add("overlay", contract::open_file(path, O_RDONLY), pattern(size, 10));
    files.add("overlay-direct", open_direct(path), pattern(size, 10));
}

}  // namespace

std::vector<std::byte> pattern(std::uint64_t size, std::uint64_t seed)
{
    std::vector<std::byte> bytes(size);
    dmaload::pattern::fill(bytes, 0, seed);
    return bytes;
}

File describe(int fd)
{
    File file{.fd = fd};
    const int flags = ::fcntl(fd, F_GETFL);
    const int access = flags & O_ACCMODE;
    if (flags < 0 || (flags & O_PATH) != 0 || (access != O_RDONLY && access != O_RDWR)) {
        file.opening = {EBADF};
        return file;
    }
    struct stat status{};
    if (::fstat(fd, &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))) {
        file.opening = {EINVAL};
        return file;
    }
    file.size = static_cast<std::uint64_t>(status.st_size);
    if (S_ISBLK(status.st_mode) && ::ioctl(fd, BLKGETSIZE64, &file.size) != 0)
        contract::throw_errno("BLKGETSIZE64");
    add_alignment(file, flags, status);
    // It may be of any filesystem, and what it says of its size need not be so.
    file.reading = {0, EINVAL, EIO, EACCES, EPERM, EOPNOTSUPP, ENODEV, ENXIO};
    return file;
}

void Files::put(const std::string& name, const File& file)
{
    const auto [entry, is_new] = files_.try_emplace(name, file);
    if (!is_new)
        throw std::logic_error("two files have the name " + name);
    by_number_[entry->second.fd] = &entry->second;
}

void Files::take_back(const std::string& name)
{
    const auto found = files_.find(name);
    if (found == files_.end())
        return;
    by_number_.erase(found->second.fd);
    files_.erase(found);
}

void Files::add(const std::string& name, UniqueFd fd)
{
    if (!fd)
        return miss({name});
    put(name, describe(fd.get()));
    fds_.push_back(std::move(fd));
}

void Files::add(const std::string& name, UniqueFd fd, std::vector<std::byte> content)
{
    if (!fd)
        return miss({name});
    File file = describe(fd.get());
    file.content = std::make_shared<const std::vector<std::byte>>(std::move(content));
    file.reading = {0};
    put(name, file);
    fds_.push_back(std::move(fd));
}

void Files::add_readable(const std::string& name, UniqueFd fd)
{
    if (!fd)
        return miss({name});
    File file = describe(fd.get());
    if (file.opening == Errno{} && file.size != 0)
        add_content(file);
    if (file.content)
        file.reading = {0};
    put(name, file);
    fds_.push_back(std::move(fd));
}

void Files::add_if_there(const std::string& name, UniqueFd fd)
{
    if (fd)
        add(name, std::move(fd));
}

bool Files::has(const std::string& name) const
{
    return name.starts_with('#') || name == slot_name || files_.contains(name);
}

int Files::number(const std::string& name) const
{
    if (name.starts_with('#'))
        return std::stoi(name.substr(1));
    return name == slot_name ? slot : files_.at(name).fd;
}

std::vector<File> Files::behind(int number) const
{
    if (number == slot) {
        std::vector<File> turns;
        turns.reserve(in_slot_.size() + 1);
        for (const std::string& name : in_slot_)
            turns.push_back(files_.at(name));
        turns.push_back({.opening = {EBADF}});
        return turns;
    }
    if (const auto found = by_number_.find(number); found != by_number_.end())
        return {*found->second};
    return {describe(number)};
}

std::vector<std::string> Files::names() const
{
    std::vector<std::string> names;
    for (const std::string& name : files_ | std::views::keys)
        names.push_back(name);
    return names;
}

std::vector<std::string> Files::loadable() const
{
    std::vector<std::string> names;
    for (const auto& [name, file] : files_)
        if (file.content)
            names.push_back(name);
    return names;
}

std::unique_ptr<Files> Files::make(const std::string& disk)
{
    auto files = std::make_unique<Files>();
    add_files_of(*files, "tmpfs", "/dev/shm", 100);
    if (!disk.empty()) {
        add_files_of(*files, "disk", disk, 200);
        add_overlay(*files, disk);
    } else {
        files->miss({"disk", "overlay"});
    }
    add_block_device(*files);
    add_fuse(*files);
    // Of the host, seen by 9p.
    for (const auto& [name, flags] :
         {std::pair{"host", O_RDONLY}, std::pair{"host-direct", O_RDONLY | O_DIRECT}})
        files->add_readable(name, UniqueFd(::open("/etc/os-release", flags | O_CLOEXEC)));
    add_kinds(*files);
    files->in_slot_ = {"tmpfs", "tmpfs-rw", "pipe-read"};
    if (files->has("disk-direct"))
        files->in_slot_.insert(files->in_slot_.begin(), "disk-direct");
    return files;
}

}  // namespace fuzz
