// SPDX-License-Identifier: Apache-2.0
#include "support/content.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dmaload/pattern.hpp>

#include "support/heap.hpp"

namespace contract {
namespace {

::testing::AssertionResult size_fits(std::uint64_t buffer, std::uint64_t file)
{
    if (buffer != round_up(file, page_size()))
        return ::testing::AssertionFailure()
               << "the dma-buf has " << buffer << " bytes, the file " << file << ", not page-aligned to it";
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult tail_is_zero(std::span<const std::byte> bytes, std::uint64_t size)
{
    if (const auto where = dmaload::pattern::first_nonzero(bytes.subspan(size), size))
        return ::testing::AssertionFailure() << "byte " << *where << ", behind the file's " << size
                                             << ", is not zero but " << std::to_integer<int>(bytes[*where]);
    return ::testing::AssertionSuccess();
}

}  // namespace

std::uint64_t page_size()
{
    static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

void write_pattern(const std::string& path, std::uint64_t size, std::uint64_t seed, std::uint64_t offset)
{
    const UniqueFd fd = open_file(path, O_WRONLY | O_CREAT);
    std::vector<std::byte> chunk(std::min<std::uint64_t>(size, megabyte));
    for (std::uint64_t done = 0; done < size;) {
        const std::span part(chunk.data(), std::min<std::uint64_t>(size - done, chunk.size()));
        dmaload::pattern::fill(part, offset + done, seed);
        const ssize_t count = ::pwrite(fd.get(), part.data(), part.size(), static_cast<off_t>(offset + done));
        if (count <= 0)
            throw_errno("write " + path);
        done += static_cast<std::uint64_t>(count);
    }
    if (::fsync(fd.get()) != 0)
        throw_errno("fsync " + path);
}

::testing::AssertionResult holds_pattern(int dmabuf, std::uint64_t size, std::uint64_t seed)
{
    if (const auto fits = size_fits(dmabuf_size(dmabuf), size); !fits)
        return fits;
    const View view(dmabuf);
    if (const auto where = dmaload::pattern::first_difference(view.bytes().first(size), 0, seed))
        return ::testing::AssertionFailure() << "byte " << *where << " of " << size << " is not the file's";
    return tail_is_zero(view.bytes(), size);
}

::testing::AssertionResult holds_file(int dmabuf, const std::string& path)
{
    const UniqueFd file = open_file(path, O_RDONLY);
    const off_t end = ::lseek(file.get(), 0, SEEK_END);
    if (end < 0)
        throw_errno("lseek " + path);
    const auto size = static_cast<std::uint64_t>(end);
    if (const auto fits = size_fits(dmabuf_size(dmabuf), size); !fits)
        return fits;
    const View view(dmabuf);
    std::vector<std::byte> chunk(megabyte);
    for (std::uint64_t done = 0; done < size;) {
        const ssize_t count = ::pread(file.get(), chunk.data(), chunk.size(), static_cast<off_t>(done));
        if (count <= 0)
            throw_errno("read " + path);
        const auto part = std::span(chunk).first(static_cast<std::size_t>(count));
        const auto loaded = view.bytes().subspan(done, part.size());
        if (!std::ranges::equal(part, loaded))
            return ::testing::AssertionFailure()
                   << path << " differs in the " << part.size() << " bytes at " << done;
        done += part.size();
    }
    return tail_is_zero(view.bytes(), size);
}

TemporaryFile::TemporaryFile(const std::string& folder, std::uint64_t size, std::uint64_t seed)
    : path_(folder + "/contract-XXXXXX"), size_(size)
{
    if (!UniqueFd(::mkostemp(path_.data(), O_CLOEXEC)))
        throw_errno("mkostemp in " + folder);
    write_pattern(path_, size, seed);
    forget_pages(path_);
}

TemporaryFile::~TemporaryFile()
{
    ::unlink(path_.c_str());
}

void forget_pages(const std::string& path)
{
    const UniqueFd fd = open_file(path, O_RDONLY);
    if (const int error = ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED); error != 0) {
        errno = error;
        throw_errno("posix_fadvise " + path);
    }
}

}  // namespace contract
