// SPDX-License-Identifier: Apache-2.0
/// \file
/// splice(2) into a memfd by way of a pipe, which every kernel has.
#include "memfd_copy.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class SpliceMemfd final : public MemfdCopy {
public:
    std::string_view name() const override { return "splice-memfd"; }
    std::string_view summary() const override
    {
        return "splice() the file into a memfd, then make a dma-buf of its pages";
    }

private:
    Result<std::unique_ptr<KernelCopy>> make_call() const override { return make_splice(); }
};

}  // namespace

const Method& splice_memfd_method()
{
    static const SpliceMemfd method;
    return method;
}

}  // namespace dmaload
