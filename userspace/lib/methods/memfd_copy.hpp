// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods share that have the kernel copy a file into a memfd, of
/// which udmabuf then makes a dma-buf.
#pragma once

#include <memory>

#include <dmaload/method.hpp>

#include "../kernel_copy.hpp"

namespace dmaload {

/// A method but for its name, its summary and the call that copies.
class MemfdCopy : public Method {
public:
    [[nodiscard]] bool for_comparison() const final { return true; }
    [[nodiscard]] Result<void> probe(const std::string& heap, Mode mode) const final;
    [[nodiscard]] Result<Loaded> load(const LoadRequest& request) const final;

private:
    [[nodiscard]] virtual Result<std::unique_ptr<KernelCopy>> make_call() const = 0;
};

}  // namespace dmaload
