// SPDX-License-Identifier: Apache-2.0
#include "bench/page_cache.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <dmaload/syscalls.hpp>
#include <dmaload/unique_fd.hpp>
#include <utility>
#include <vector>

#include "bench/proc_file.hpp"

namespace dmaload::bench {

namespace {

Result<std::uint64_t> cached_bytes_by_mincore(int fd, const std::string& path)
{
    struct stat status{};
    if (fstat(fd, &status) != 0)
        return fail("fstat", path, errno);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0)
        return 0;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const data = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED)
        return fail("mmap", path, errno);
    std::vector<unsigned char> resident((size + page - 1) / page);
    const int result = mincore(data, size, resident.data());
    const int code = errno;
    munmap(data, size);
    if (result != 0)
        return fail("mincore", path, code);
    return page * static_cast<std::uint64_t>(std::count_if(resident.begin(), resident.end(),
                                                           [](unsigned char r) { return (r & 1U) != 0; }));
}

std::uint64_t kilobytes(std::string_view line)
{
    return parse_number(line.substr(line.find(':') + 1)).value_or(0) * 1024;
}

}  // namespace

Result<void> drop_caches()
{
    auto result = write_text("/proc/sys/vm/drop_caches", "3");
    if (!result)
        result.error().advice = "A cold measurement must drop the page cache, which needs root.";
    return result;
}

Result<std::uint64_t> cached_bytes(const std::string& path)
{
    const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail("open", path, errno);
    CacheStat found;
    if (syscalls().cachestat(fd.get(), &found) == 0)
        return found.nr_cache * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    if (errno != ENOSYS)
        return fail("cachestat", path, errno);
    return cached_bytes_by_mincore(fd.get(), path);
}

std::uint64_t Meminfo::file_cache() const
{
    const std::uint64_t sum = cached + buffers;
    return sum > shmem ? sum - shmem : 0;
}

Meminfo parse_meminfo(std::string_view text)
{
    Meminfo info;
    const std::pair<std::string_view, std::uint64_t*> fields[] = {
        {"MemTotal:", &info.total},  {"MemFree:", &info.free},  {"MemAvailable:", &info.available},
        {"Buffers:", &info.buffers}, {"Cached:", &info.cached}, {"Shmem:", &info.shmem},
    };
    for (const std::string_view line : split(text, "\n")) {
        for (const auto& [name, value] : fields) {
            if (line.starts_with(name))
                *value = kilobytes(line);
        }
    }
    return info;
}

Result<Meminfo> read_meminfo()
{
    const auto text = read_text("/proc/meminfo");
    if (!text)
        return std::unexpected(text.error());
    return parse_meminfo(*text);
}

}  // namespace dmaload::bench
