// SPDX-License-Identifier: Apache-2.0
/// \file
/// "Normal", but the pages leave the page cache as soon as they were copied
/// (RWF_DONTCACHE, Linux 6.14): the memory is not taken twice, the copy stays.
#include <fmt/format.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include <dmaload/syscalls.hpp>

#include "../kernel_release.hpp"
#include "heap_fill.hpp"
#include "methods.hpp"

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080  // include/uapi/linux/fs.h
#endif

namespace dmaload {
namespace {

constexpr std::pair<unsigned, unsigned> since = {6, 14};

/// Large enough to cost nothing, small enough that little is in the page cache.
constexpr std::size_t read_step = std::size_t{4} << 20U;

/// The filesystem has a say as well; it is asked by the first read.
Result<void> probe_kernel()
{
    utsname system{};
    if (syscalls().uname(&system) < 0)
        return fail("uname", "of this kernel", errno);
    if (version_of(system.release) >= since)
        return {};
    return fail("read with RWF_DONTCACHE", fmt::format("on Linux {}", system.release), EOPNOTSUPP,
                "The flag came with Linux 6.14.");
}

Result<void> read_uncached(const FileSource& file, std::span<std::byte> buffer)
{
    std::uint64_t offset = 0;
    while (offset < file.size()) {
        const std::uint64_t rest = file.size() - offset;
        const iovec part = {buffer.data() + offset,
                            static_cast<std::size_t>(std::min<std::uint64_t>(rest, read_step))};
        const ssize_t n = syscalls().preadv2(file.fd(), &part, 1, static_cast<off_t>(offset), RWF_DONTCACHE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            Error error = file.read_error(errno);
            if (error.code == EOPNOTSUPP)
                error.advice = "The filesystem does not know RWF_DONTCACHE; use another method.";
            return std::unexpected(std::move(error));
        }
        if (n == 0)
            return std::unexpected(file.shrank());
        offset += static_cast<std::uint64_t>(n);
    }
    return {};
}

class DontcacheRead final : public HeapFill {
public:
    std::string_view name() const override { return "dontcache-read"; }
    std::string_view summary() const override
    {
        return "\"normal\" with reads that leave nothing in the page cache";
    }
    bool for_comparison() const override { return true; }

private:
    Result<void> refuse(Mode mode) const override
    {
        if (mode == Mode::buffered)
            return {};
        return fail("direct read", "with RWF_DONTCACHE", EINVAL,
                    "The flag is for reads through the page cache. Use buffered mode.");
    }
    Result<void> probe_more() const override { return probe_kernel(); }
    Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const override
    {
        return read_uncached(file, buffer);
    }
};

}  // namespace

const Method& dontcache_read_method()
{
    static const DontcacheRead method;
    return method;
}

}  // namespace dmaload
