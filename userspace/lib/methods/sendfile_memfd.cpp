// SPDX-License-Identifier: Apache-2.0
/// \file
/// sendfile(2) into a memfd, which every kernel has.
#include "memfd_copy.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class SendfileMemfd final : public MemfdCopy {
public:
    std::string_view name() const override { return "sendfile-memfd"; }
    std::string_view summary() const override
    {
        return "sendfile() the file into a memfd, then make a dma-buf of its pages";
    }

private:
    Result<std::unique_ptr<KernelCopy>> make_call() const override { return make_sendfile(); }
};

}  // namespace

const Method& sendfile_memfd_method()
{
    static const SendfileMemfd method;
    return method;
}

}  // namespace dmaload
