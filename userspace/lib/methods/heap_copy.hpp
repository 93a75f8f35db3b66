// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods have in common that have the kernel copy the file into a
/// heap's buffer. They need a kernel that exists for comparison only.
#pragma once

#include <memory>
#include <string>

#include <dmaload/method.hpp>

#include "../kernel_copy.hpp"

namespace dmaload {

class HeapCopy : public Method {
public:
    bool for_comparison() const override { return true; }
    Result<void> probe(const std::string& heap_name, Mode mode) const override;
    Result<Loaded> load(const LoadRequest& request) const override;

private:
    [[nodiscard]] virtual Result<std::unique_ptr<KernelCopy>> make_call() const = 0;
};

}  // namespace dmaload
