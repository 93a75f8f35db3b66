// SPDX-License-Identifier: Apache-2.0
#include "verify.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <span>
#include <vector>

#include <dmaload/cpu_access.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/pattern.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload::cli {
namespace {

using Bytes = std::span<const std::byte>;

/// Compares with the bytes of the file at \p offset.
Result<void> compare(Bytes bytes, const std::string& path, std::uint64_t offset)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return fail("open", path, errno);

    std::vector<std::byte> chunk(std::size_t{1} << 20U);
    while (!bytes.empty()) {
        const std::size_t wanted = std::min(chunk.size(), bytes.size());
        const ssize_t n = ::pread(file.get(), chunk.data(), wanted, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail("read of", path, errno);
        if (n == 0)
            return fail("verify", path, 0, "The file has become shorter since it was loaded.");
        const auto expected = std::span(chunk).first(static_cast<std::size_t>(n));
        const auto differing = std::ranges::mismatch(expected, bytes);
        if (differing.in1 != expected.end())
            return fail("verify", path, 0,
                        fmt::format("The buffer differs from the file at byte {}.",
                                    offset + static_cast<std::uint64_t>(differing.in1 - expected.begin())));
        bytes = bytes.subspan(expected.size());
        offset += expected.size();
    }
    return {};
}

/// Whether the bytes [\p begin, \p end) of the buffer are zero.
Result<void> check_zero(Bytes buffer, std::uint64_t begin, std::uint64_t end, const std::string& object,
                        const char* where)
{
    const auto bytes = buffer.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    if (const auto dirty = pattern::first_nonzero(bytes, begin))
        return fail("verify", object, 0,
                    fmt::format("Byte {} of the buffer, {}, is not zero.", *dirty, where));
    return {};
}

/// Has \p check look at the whole buffer, which the CPU may \p access.
Result<void> look_at(const UniqueFd& dmabuf, std::uint64_t size, Result<CpuAccess> access,
                     const std::function<Result<void>(Bytes)>& check)
{
    const auto mapping = Mapping::map(dmabuf.get(), static_cast<std::size_t>(size), PROT_READ);
    if (!mapping)
        return std::unexpected(mapping.error());
    if (!access)
        return std::unexpected(access.error());
    if (auto good = check(mapping->bytes()); !good)
        return good;
    return access->end();
}

}  // namespace

Result<void> verify(const Loaded& loaded, const std::string& path)
{
    auto access = CpuAccess::begin(loaded, CpuAccess::Kind::read);
    return look_at(loaded.dmabuf, loaded.buffer_size, std::move(access), [&](Bytes buffer) {
        auto equal = compare(buffer.first(static_cast<std::size_t>(loaded.file_size)), path, 0);
        return equal ? check_zero(buffer, loaded.file_size, buffer.size(), path, "behind the file's end")
                     : equal;
    });
}

Result<void> verify(const LoadedRanges& loaded)
{
    auto sorted = loaded.ranges;
    std::ranges::sort(sorted, {}, &LoadedRange::buffer_offset);
    const auto check_gap = [](Bytes buffer, std::uint64_t begin, std::uint64_t end) {
        return check_zero(buffer, begin, end, "ranges", "which no range covers");
    };
    auto access = CpuAccess::begin(loaded.dmabuf.get(), CpuAccess::Kind::read);
    return look_at(loaded.dmabuf, loaded.buffer_size, std::move(access), [&](Bytes buffer) -> Result<void> {
        std::uint64_t end = 0;
        for (const LoadedRange& range : sorted) {
            if (auto zero = check_gap(buffer, end, range.buffer_offset); !zero)
                return zero;
            const auto bytes = buffer.subspan(static_cast<std::size_t>(range.buffer_offset),
                                              static_cast<std::size_t>(range.length));
            if (auto equal = compare(bytes, range.file, range.file_offset); !equal)
                return equal;
            end = range.buffer_offset + range.length;
        }
        return check_gap(buffer, end, buffer.size());
    });
}

}  // namespace dmaload::cli
