// SPDX-License-Identifier: Apache-2.0
#include <dmaload/method.hpp>

#include <algorithm>
#include <array>

#include "methods/methods.hpp"

namespace dmaload {

std::string_view to_string(Mode mode)
{
    return mode == Mode::direct ? "direct" : "buffered";
}

std::string_view to_string(Path path)
{
    switch (path) {
    case Path::buffered:
        return "buffered";
    case Path::direct:
        return "direct";
    case Path::unknown:
        break;
    }
    return "unknown";
}

std::span<const Method* const> methods()
{
    static const std::array table = {
        &alloc_read_method(),      &udmabuf_uring_method(),   &udmabuf_uring_fixed_method(),
        &udmabuf_method(),         &udmabuf_hugetlb_method(), &udmabuf_small_method(),
        &bounce_uring_method(),    &mmap_read_method(),       &dontcache_read_method(),
        &mmap_copy_method(),       &sendfile_memfd_method(),  &splice_memfd_method(),
        &copy_file_range_method(), &splice_heap_method(),     &sendfile_heap_method(),
        &mmap_file_method(),
    };
    return table;
}

const Method* find_method(std::string_view name)
{
    const auto named = [name](const Method* method) { return method->name() == name; };
    for (const Method* method : methods()) {
        if (named(method))
            return method;
        const auto variants = method->variants();
        if (const auto found = std::ranges::find_if(variants, named); found != variants.end())
            return *found;
    }
    return nullptr;
}

}  // namespace dmaload
