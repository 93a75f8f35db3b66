// SPDX-License-Identifier: Apache-2.0
/// \file
/// As sendfile-heap, but with a larger pipe, which only splice(2) lets one have.
#include "heap_copy.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class SpliceHeap final : public HeapCopy {
public:
    std::string_view name() const override { return "splice-heap"; }
    std::string_view summary() const override
    {
        return "for comparison: allocate a heap's buffer, and splice() into it through a pipe";
    }

private:
    Result<std::unique_ptr<KernelCopy>> make_call() const override { return make_splice(); }
};

}  // namespace

const Method& splice_heap_method()
{
    static const SpliceHeap method;
    return method;
}

}  // namespace dmaload
