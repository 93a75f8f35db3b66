// SPDX-License-Identifier: Apache-2.0
/// \file
/// Bytes behind the end of a file, in its last block, put there through the
/// raw device: what a direct read of the whole block brings along.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/content.hpp"

namespace contract {

inline constexpr std::uint64_t disk_block = 4096;
inline constexpr std::byte planted{0xA5};

/// A new file of \p size bytes (not whole blocks) in \p folder, which is the
/// mount point of a disk, with planted bytes up to the end of its last block.
/// Nothing of it is cached. The folder may be unmounted meanwhile, so no file
/// may be open there. Throws where the bytes do not get to the device.
class PlantedFile {
public:
    PlantedFile(const std::string& folder, std::uint64_t size, std::uint64_t seed = 1);

    [[nodiscard]] const TemporaryFile& file() const { return file_; }

private:
    TemporaryFile file_;
};

}  // namespace contract
