// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods that map the file itself share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/mapping.hpp>
#include <dmaload/method.hpp>

#include "../file_source.hpp"

namespace dmaload {

/// How the pages of a mapped file come; see mmap(2) and madvise(2).
enum class Paging {
    sequential,      ///< when they are touched; MADV_SEQUENTIAL: in larger steps than the usual ones
    plain,           ///< when they are touched, without advice
    will_need,       ///< MADV_WILLNEED: their reads begin at once
    populated_read,  ///< MADV_SEQUENTIAL, and MADV_POPULATE_READ: all are there before they are touched
    populated_map,   ///< MAP_POPULATE: the same, without advice
};

/// A method that maps the file, in all ways of paging. \p Form is made of its
/// name and a Paging.
template <class Form>
[[nodiscard]] std::vector<Form> all_pagings(const std::string& name)
{
    return {Form(name, Paging::sequential), Form(name + ":plain", Paging::plain),
            Form(name + ":willneed", Paging::will_need), Form(name + ":populated", Paging::populated_read),
            Form(name + ":map-populate", Paging::populated_map)};
}

/// A mapping of a file is its page cache, so that there is no direct mode.
[[nodiscard]] Result<void> refuse_direct_mapping(Mode mode);

/// Maps the whole file for reading.
///
/// Whoever touches a page that the file has lost in the meantime is ended by
/// SIGBUS: that is so with every mapping of a file.
[[nodiscard]] Result<Mapping> map_file(const FileSource& file, Paging paging);

/// Reads a byte of each page, from the first to the last.
void touch(std::span<const std::byte> memory);

}  // namespace dmaload
