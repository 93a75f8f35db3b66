// SPDX-License-Identifier: Apache-2.0
#include "verify.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/pattern.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload::cli {
namespace {

Result<void> compare(std::span<const std::byte> buffer, std::uint64_t file_size, const std::string& path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return fail("open", path, errno);

    std::vector<std::byte> chunk(std::size_t{1} << 20U);
    for (std::uint64_t offset = 0; offset < file_size;) {
        const std::size_t wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), file_size - offset));
        const ssize_t n = ::pread(file.get(), chunk.data(), wanted, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail("read of", path, errno);
        if (n == 0)
            return fail("verify", path, 0, "The file has become shorter since it was loaded.");
        const auto expected = std::span(chunk).first(static_cast<std::size_t>(n));
        const auto differing =
            std::ranges::mismatch(expected, buffer.subspan(static_cast<std::size_t>(offset)));
        if (differing.in1 != expected.end())
            return fail("verify", path, 0,
                        fmt::format("The buffer differs from the file at byte {}.",
                                    offset + static_cast<std::uint64_t>(differing.in1 - expected.begin())));
        offset += static_cast<std::uint64_t>(n);
    }
    if (const auto dirty =
            pattern::first_nonzero(buffer.subspan(static_cast<std::size_t>(file_size)), file_size))
        return fail("verify", path, 0,
                    fmt::format("Byte {} of the buffer, behind the file's end, is not zero.", *dirty));
    return {};
}

}  // namespace

Result<void> verify(const Loaded& loaded, const std::string& path)
{
    const auto mapping =
        Mapping::map(loaded.dmabuf.get(), static_cast<std::size_t>(loaded.buffer_size), PROT_READ);
    if (!mapping)
        return std::unexpected(mapping.error());
    auto access = CpuAccess::begin(loaded.dmabuf.get(), CpuAccess::Kind::read);
    if (!access)
        return std::unexpected(access.error());
    if (auto equal = compare(mapping->bytes(), loaded.file_size, path); !equal)
        return equal;
    return access->end();
}

}  // namespace dmaload::cli
