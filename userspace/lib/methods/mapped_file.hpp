// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods that map the file itself share.
#pragma once

#include <dmaload/error.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/method.hpp>

#include "../file_source.hpp"

namespace dmaload {

/// A mapping of a file is its page cache, so that there is no direct mode.
[[nodiscard]] Result<void> refuse_direct_mapping(Mode mode);

/// Maps the whole file, for reading from its start to its end. With
/// \p populated all of it is read and mapped at once; otherwise the pages come
/// when they are touched, in larger steps than the kernel's usual ones.
///
/// Whoever touches a page that the file has lost in the meantime is ended by
/// SIGBUS: that is so with every mapping of a file.
[[nodiscard]] Result<Mapping> map_file(const FileSource& file, bool populated);

}  // namespace dmaload
