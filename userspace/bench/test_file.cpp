// SPDX-License-Identifier: Apache-2.0
#include "bench/test_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dmaload/pattern.hpp>
#include <dmaload/unique_fd.hpp>
#include <vector>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

constexpr std::size_t kChunk = std::size_t{4} << 20;

void tell(const ByteProgress& progress, std::uint64_t done, std::uint64_t all)
{
    if (progress)
        progress(done, all);
}

/// Fills in filesystem, mount and block device from /proc/self/mountinfo.
void locate(TestFile& file, dev_t device)
{
    const std::string number = fmt::format("{}:{}", major(device), minor(device));
    const std::string stat = fmt::format("/sys/dev/block/{}/stat", number);
    if (access(stat.c_str(), R_OK) == 0)
        file.device_stat = stat;

    if (const auto mounts = read_text("/proc/self/mountinfo"))
        describe_mount(file, *mounts, number);
}

/// The size of a regular file or a block device, bytes.
Result<std::uint64_t> size_of(int fd, const std::string& path, const struct stat& status)
{
    std::uint64_t size = 0;
    if (S_ISREG(status.st_mode))
        size = static_cast<std::uint64_t>(status.st_size);
    else if (!S_ISBLK(status.st_mode))
        return fail("examine", path, EINVAL, "The benchmark loads regular files and block devices.");
    else if (ioctl(fd, BLKGETSIZE64, &size) != 0)
        return fail("ask for the size", path, errno);
    if (size == 0)
        return fail("examine", path, EINVAL, "There is nothing in it to load.");
    return size;
}

}  // namespace

bool is_memory(const TestFile& file)
{
    return file.filesystem == "tmpfs" || file.filesystem == "ramfs";
}

std::uint64_t total_size(std::span<const TestFile> files)
{
    std::uint64_t bytes = 0;
    for (const TestFile& file : files)
        bytes += file.size;
    return bytes;
}

void describe_mount(TestFile& file, std::string_view mountinfo, std::string_view device)
{
    for (const std::string_view line : split(mountinfo, "\n")) {
        const auto words = split(line, " ");
        const auto dash = std::find(words.begin(), words.end(), "-");
        if (words.size() < 6 || words[2] != device || words.end() - dash < 3)
            continue;
        file.filesystem = dash[1];
        file.mount = fmt::format("{} on {} ({})", dash[2], words[4], words[5]);
        if (words.end() - dash > 3)
            file.mount += fmt::format(" ({})", dash[3]);
    }
}

std::string pattern_path(const std::string& directory, std::uint64_t size, unsigned number)
{
    return number == 0 ? fmt::format("{}/dmaload-{}.bin", directory, size)
                       : fmt::format("{}/dmaload-{}-{}.bin", directory, size, number);
}

Result<void> make_pattern_file(const std::string& path, std::uint64_t size, const ByteProgress& progress)
{
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size)
        return {};  // examine() reads it and says whether its content is right

    // Under another name until it is whole: a run that is broken off must not
    // leave a file that looks finished.
    const std::string unfinished = path + ".part";
    const UniqueFd fd(open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd)
        return fail("create", unfinished, errno, "Choose a folder on the disk to be measured with --dir.");
    std::vector<std::byte> chunk(std::min<std::uint64_t>(kChunk, size));
    for (std::uint64_t done = 0; done < size;) {
        const std::size_t length = std::min<std::uint64_t>(chunk.size(), size - done);
        pattern::fill({chunk.data(), length}, done, kContentSeed);
        const ssize_t written = write(fd.get(), chunk.data(), length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail("write", unfinished, errno, fmt::format("{} bytes of space are needed.", size));
        done += static_cast<std::uint64_t>(written);
        tell(progress, done, size);
    }
    if (fsync(fd.get()) != 0)
        return fail("fsync", unfinished, errno);
    if (rename(unfinished.c_str(), path.c_str()) != 0)
        return fail("rename", unfinished, errno);
    return {};
}

Result<TestFile> examine(const std::string& path, const ByteProgress& progress)
{
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail("open", path, errno);
    struct stat status{};
    if (fstat(fd.get(), &status) != 0)
        return fail("fstat", path, errno);
    const auto size = size_of(fd.get(), path, status);
    if (!size)
        return std::unexpected(size.error());
    // What is still to be written would stay in the page cache and not be cold.
    if (fsync(fd.get()) != 0 && errno != EROFS && errno != EINVAL)
        return fail("fsync", path, errno);

    TestFile file;
    file.path = path;
    file.size = *size;
    file.pattern = true;
    locate(file, S_ISBLK(status.st_mode) ? status.st_rdev : status.st_dev);

    Checksum checksum;
    std::vector<std::byte> chunk(kChunk);
    for (std::uint64_t done = 0; done < file.size;) {
        // Whole chunks only, so that the checksum sees whole words.
        std::size_t filled = 0;
        while (filled < chunk.size() && done + filled < file.size) {
            const ssize_t got = pread(fd.get(), chunk.data() + filled, chunk.size() - filled,
                                      static_cast<off_t>(done + filled));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return fail("read", path, got < 0 ? errno : EIO, "The file changed while it was read.");
            filled += static_cast<std::size_t>(got);
        }
        const std::span<const std::byte> bytes(chunk.data(), filled);
        file.pattern = file.pattern && !pattern::first_difference(bytes, done, kContentSeed);
        checksum.add(bytes);
        done += filled;
        tell(progress, done, file.size);
    }
    file.checksum = checksum.value();
    return file;
}

void Checksum::add(std::span<const std::byte> bytes)
{
    length_ += bytes.size();
    std::size_t i = 0;
    for (; i < bytes.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, std::min(sizeof(word), bytes.size() - i));
        state_ = (state_ ^ word) * 0x9fb21c651e98df25U;
        state_ ^= state_ >> 28;
    }
}

std::uint64_t Checksum::value() const
{
    return (state_ ^ length_) * 0x9fb21c651e98df25U;
}

std::optional<std::string> difference(const TestFile& file, std::span<const std::byte> buffer)
{
    if (buffer.size() < file.size)
        return fmt::format("the buffer has {} bytes, the file {}", buffer.size(), file.size);
    const auto content = buffer.first(file.size);
    if (file.pattern) {
        if (const auto at = pattern::first_difference(content, 0, kContentSeed))
            return fmt::format("byte {} differs from the file's", *at);
    } else {
        Checksum checksum;
        checksum.add(content);
        if (checksum.value() != file.checksum)
            return "the checksum differs from the file's";
    }
    if (const auto at = pattern::first_nonzero(buffer.subspan(file.size), file.size))
        return fmt::format("byte {}, behind the end of the file, is not zero", *at);
    return std::nullopt;
}

std::optional<std::uint64_t> parse_device_read_bytes(std::string_view stat_line)
{
    // Documentation/block/stat.rst: the third field counts sectors of 512 bytes.
    const auto words = split(stat_line, " \n");
    if (words.size() < 3)
        return std::nullopt;
    const auto sectors = parse_number(words[2]);
    return sectors ? std::optional(*sectors * 512) : std::nullopt;
}

std::optional<std::uint64_t> device_read_bytes(const TestFile& file)
{
    if (file.device_stat.empty())
        return std::nullopt;
    return parse_device_read_bytes(read_line_or_empty(file.device_stat));
}

}  // namespace dmaload::bench
