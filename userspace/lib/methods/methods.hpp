// SPDX-License-Identifier: Apache-2.0
/// \file
/// One function for each method's file; the table in method.cpp calls them.
#pragma once

#include <dmaload/method.hpp>

namespace dmaload {

[[nodiscard]] const Method& alloc_read_method();
[[nodiscard]] const Method& udmabuf_uring_method();
[[nodiscard]] const Method& udmabuf_uring_fixed_method();
[[nodiscard]] const Method& udmabuf_method();
[[nodiscard]] const Method& udmabuf_hugetlb_method();
[[nodiscard]] const Method& udmabuf_small_method();
[[nodiscard]] const Method& sendfile_memfd_method();
[[nodiscard]] const Method& splice_memfd_method();
[[nodiscard]] const Method& bounce_uring_method();
[[nodiscard]] const Method& dontcache_read_method();
[[nodiscard]] const Method& mmap_copy_method();
[[nodiscard]] const Method& mmap_file_method();
[[nodiscard]] const Method& mmap_read_method();
[[nodiscard]] const Method& copy_file_range_method();
[[nodiscard]] const Method& splice_heap_method();
[[nodiscard]] const Method& sendfile_heap_method();

}  // namespace dmaload
