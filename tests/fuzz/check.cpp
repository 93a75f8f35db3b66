// SPDX-License-Identifier: Apache-2.0
#include "check.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <dmaload/pattern.hpp>

#include "support/heap.hpp"

namespace fuzz {
namespace {

bool holds(std::span<const std::byte> bytes, const Part& part)
{
    return std::ranges::any_of(part.files, [&](const File& file) {
        return !file.content ||
               std::memcmp(bytes.data(), file.content->data() + part.file_offset, bytes.size()) == 0;
    });
}

void add_faults_of_bytes(std::span<const std::byte> bytes, const Prediction& prediction,
                         std::vector<std::string>& faults)
{
    std::uint64_t end = 0;
    const auto look_at_gap = [&](std::uint64_t next) {
        if (const auto where = dmaload::pattern::first_nonzero(bytes.subspan(end, next - end), end))
            faults.push_back("byte " + std::to_string(*where) + " of the buffer, which no file fills, is " +
                             std::to_string(std::to_integer<int>(bytes[*where])));
    };
    for (const Part& part : prediction.parts) {
        look_at_gap(part.buffer_offset);
        if (!holds(bytes.subspan(part.buffer_offset, part.length), part))
            faults.push_back("the " + std::to_string(part.length) + " bytes at " +
                             std::to_string(part.buffer_offset) + " of the buffer are not the file's");
        end = part.buffer_offset + part.length;
    }
    look_at_gap(bytes.size());
}

}  // namespace

std::vector<std::string> faults_of_buffer(int dmabuf, std::uint32_t fd_flags, const Prediction& prediction)
{
    std::vector<std::string> faults;
    const int flags = ::fcntl(dmabuf, F_GETFL);
    if (flags < 0)
        return {"the descriptor " + std::to_string(dmabuf) + " is not open"};
    if (static_cast<std::uint32_t>(flags & O_ACCMODE) != (fd_flags & O_ACCMODE))
        faults.push_back("the descriptor is open for " + std::to_string(flags & O_ACCMODE));
    if ((::fcntl(dmabuf, F_GETFD) == FD_CLOEXEC) != ((fd_flags & O_CLOEXEC) != 0))
        faults.emplace_back("the descriptor is not as O_CLOEXEC says");
    if (const std::uint64_t size = contract::dmabuf_size(dmabuf); size != prediction.buffer_size) {
        faults.push_back("the buffer has " + std::to_string(size) + " bytes, not " +
                         std::to_string(prediction.buffer_size));
        return faults;
    }
    const std::uint32_t access = fd_flags & O_ACCMODE;
    if (access != O_RDONLY && access != O_RDWR)
        return faults;  // it cannot be mapped to be looked at
    const contract::View view(dmabuf);
    add_faults_of_bytes(view.bytes(), prediction, faults);
    return faults;
}

}  // namespace fuzz
