// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads into the pages of a buffer that is there already, as was proposed in
/// 2025: nothing is copied where the file is read directly, but nothing
/// overlaps with the allocation either.
#include "heap_copy.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class CopyFileRangeHeap final : public HeapCopy {
public:
    std::string_view name() const override { return "copy-file-range"; }
    std::string_view summary() const override
    {
        return "for comparison: allocate a heap's buffer, and copy_file_range() into its pages";
    }

private:
    Result<std::unique_ptr<KernelCopy>> make_call() const override { return make_copy_file_range(); }
};

}  // namespace

const Method& copy_file_range_method()
{
    static const CopyFileRangeHeap method;
    return method;
}

}  // namespace dmaload
