// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parts of add_kinds() that have files of their own.
#pragma once

#include "files.hpp"

namespace fuzz {

void add_sockets(Files& files);
/// What the kernel keeps for a process and gives it a descriptor of, without a file in a filesystem.
void add_objects(Files& files);
/// Block devices of other drivers than loop.
void add_block_devices(Files& files);
/// Files of filesystems of the kernel's own that need not be mounted.
void add_mounted(Files& files);

/// What a system call has returned that makes a descriptor.
inline UniqueFd by_syscall(long result)
{
    return UniqueFd(static_cast<int>(result));
}

}  // namespace fuzz
