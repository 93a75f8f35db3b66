// SPDX-License-Identifier: Apache-2.0
/// \file
/// Descriptors that are no files of a disk.
#pragma once

#include "files.hpp"

namespace fuzz {

/// Adds one of each kind that this kernel has.
void add_kinds(Files& files);

}  // namespace fuzz
