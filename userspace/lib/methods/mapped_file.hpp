// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods that map the file itself share.
#pragma once

#include <array>
#include <cstddef>
#include <span>
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

/// A way of paging that a benchmark tries beside the first.
struct PagingVariant {
    const char* suffix;  ///< of the method's name
    Paging paging;
};
inline constexpr std::array<PagingVariant, 4> paging_variants = {{{":plain", Paging::plain},
                                                                  {":willneed", Paging::will_need},
                                                                  {":populated", Paging::populated_read},
                                                                  {":map-populate", Paging::populated_map}}};

/// A method and its variants. \p Form is made of a suffix and a Paging.
template <class Form>
class PagingFamily {
public:
    PagingFamily() : method_("", Paging::sequential)
    {
        forms_.reserve(paging_variants.size());
        for (const auto& [suffix, paging] : paging_variants)
            method_.add_variant(forms_.emplace_back(suffix, paging));
    }
    [[nodiscard]] const Method& method() const { return method_; }

private:
    Form method_;
    std::vector<Form> forms_;
};

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
