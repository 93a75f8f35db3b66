// SPDX-License-Identifier: Apache-2.0
#include "test_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/pattern.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload::test {
namespace {

void check(bool good, const std::string& what)
{
    if (!good)
        throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

TestFile::TestFile(const std::string& directory, std::uint64_t size, std::uint64_t seed)
    : path_(directory + "/dmaload-test-XXXXXX")
{
    const UniqueFd fd(::mkostemp(path_.data(), O_CLOEXEC));
    check(static_cast<bool>(fd), "create " + path_);
    std::vector<std::byte> chunk(std::size_t{1} << 20U);
    for (std::uint64_t offset = 0; offset < size;) {
        const auto part = std::span(chunk).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), size - offset)));
        pattern::fill(part, offset, seed);
        check(::write(fd.get(), part.data(), part.size()) == static_cast<ssize_t>(part.size()),
              "write " + path_);
        offset += part.size();
    }
    check(::fsync(fd.get()) == 0, "fsync " + path_);
    (void)::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
}

TestFile::~TestFile()
{
    ::unlink(path_.c_str());
}

std::string check_content(const Loaded& loaded, std::uint64_t size, std::uint64_t seed)
{
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    if (loaded.file_size != size)
        return "file size " + std::to_string(loaded.file_size);
    if (loaded.buffer_size != (size + page - 1) / page * page)
        return "buffer size " + std::to_string(loaded.buffer_size);
    const off_t end = ::lseek(loaded.dmabuf.get(), 0, SEEK_END);
    if (loaded.is_dmabuf && end != static_cast<off_t>(loaded.buffer_size))
        return "size of the dma-buf " + std::to_string(end);

    const auto mapping =
        Mapping::map(loaded.dmabuf.get(), static_cast<std::size_t>(loaded.buffer_size), PROT_READ);
    if (!mapping)
        return mapping.error().message();
    const auto access = CpuAccess::begin(loaded, CpuAccess::Kind::read);
    if (!access)
        return access.error().message();
    const auto bytes = mapping->bytes();
    const auto length = static_cast<std::size_t>(size);
    if (const auto wrong = pattern::first_difference(bytes.first(length), 0, seed))
        return "wrong byte at " + std::to_string(*wrong);
    if (const auto dirty = pattern::first_nonzero(bytes.subspan(length), size))
        return "byte behind the file is not zero: " + std::to_string(*dirty);
    return {};
}

std::string scratch_directory()
{
    const char* directory = std::getenv("TMPDIR");
    return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

}  // namespace dmaload::test
