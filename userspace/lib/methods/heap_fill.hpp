// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the methods share that fill a heap's buffer through a mapping.
#pragma once

#include <cstddef>
#include <span>

#include <dmaload/method.hpp>

#include "../file_source.hpp"

namespace dmaload {

/// A method but for its name, its summary and how it fills the buffer.
class HeapFill : public Method {
public:
    [[nodiscard]] Result<void> probe(const std::string& heap, Mode mode) const final;
    [[nodiscard]] Result<Loaded> load(const LoadRequest& request) const final;

private:
    /// Why this way cannot be in that mode, whatever the machine.
    [[nodiscard]] virtual Result<void> refuse(Mode mode) const = 0;
    /// What this way needs beside the heap.
    [[nodiscard]] virtual Result<void> probe_more() const { return {}; }
    /// Fills the start of \p buffer, which is all zero, with the file; zeros
    /// must follow.
    [[nodiscard]] virtual Result<void> fill(const FileSource& file, std::span<std::byte> buffer) const = 0;
};

}  // namespace dmaload
