// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether this kernel overwrites pages by itself, so that no search for what
/// was in them could find anything.
#pragma once

#include <optional>
#include <string>

namespace old_data {

/// Why pages never show what was in them; nothing where they can.
std::optional<std::string> why_pages_are_overwritten();

}  // namespace old_data
