// SPDX-License-Identifier: Apache-2.0
#include "reading.hpp"

#include <algorithm>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace old_data {
namespace {

std::uint64_t end_of(const contract::Piece& piece)
{
    return piece.buffer_offset + piece.length;
}

/// What a read of the file is rounded up to.
std::uint64_t block_of(int fd)
{
    if ((::fcntl(fd, F_GETFL) & O_DIRECT) == 0)
        return 1;
    int size = 0;
    if (::ioctl(fd, BLKSSZGET, &size) == 0)
        return static_cast<std::uint64_t>(size);
    return contract::direct_alignment(fd);
}

}  // namespace

contract::Outcome Reading::on(int heap) const
{
    if (form == Form::flag)
        return contract::alloc_read(heap, pieces.front().fd);
    contract::RangesOutcome loaded = contract::read_ranges(heap, contract::request_for(pieces, len));
    return {loaded.error, std::move(loaded.dmabuf)};
}

std::uint64_t Reading::buffer_size() const
{
    std::uint64_t needed = len;
    if (needed == 0)
        for (const contract::Piece& piece : pieces)
            needed = std::max(needed, end_of(piece));
    return contract::round_up(needed, contract::page_size());
}

bool Reading::leaves_room() const
{
    std::vector<contract::Piece> sorted = pieces;
    std::ranges::sort(sorted, {}, &contract::Piece::buffer_offset);
    sorted.push_back({.buffer_offset = buffer_size()});
    constexpr std::uint64_t enough = 16;  // for a word, wherever it begins
    std::uint64_t written = 0;
    for (const contract::Piece& piece : sorted) {
        if (written + enough <= piece.buffer_offset)
            return true;
        if (piece.fd >= 0)
            written = piece.buffer_offset + contract::round_up(piece.length, block_of(piece.fd));
    }
    return false;
}

std::vector<Reading> whole_file(int fd, std::uint64_t size)
{
    const std::vector<contract::Piece> all{{.fd = fd, .length = size}};
    const std::string bytes = std::to_string(size) + " bytes";
    return {{.what = bytes + ", flag", .form = Form::flag, .pieces = all},
            {.what = bytes + ", one range", .form = Form::ranges, .pieces = all}};
}

}  // namespace old_data
