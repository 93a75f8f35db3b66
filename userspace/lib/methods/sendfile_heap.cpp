// SPDX-License-Identifier: Apache-2.0
/// \file
/// "sendfile should do it": the kernel copies each byte, 64 KB at a time.
#include "heap_copy.hpp"
#include "methods.hpp"

namespace dmaload {
namespace {

class SendfileHeap final : public HeapCopy {
public:
    std::string_view name() const override { return "sendfile-heap"; }
    std::string_view summary() const override
    {
        return "for comparison: allocate a heap's buffer, and sendfile() into it";
    }

private:
    Result<std::unique_ptr<KernelCopy>> make_call() const override { return make_sendfile(); }
};

}  // namespace

const Method& sendfile_heap_method()
{
    static const SendfileHeap method;
    return method;
}

}  // namespace dmaload
