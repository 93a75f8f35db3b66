// SPDX-License-Identifier: Apache-2.0
/// \file
/// The calls by which the kernel itself copies a file to another descriptor.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

#include "file_source.hpp"

namespace dmaload {

/// One of these calls. Each object copies one file, once, from its start to
/// the start of a target whose file position is 0.
class KernelCopy {
public:
    virtual ~KernelCopy() = default;

    /// Its name.
    [[nodiscard]] virtual std::string_view call() const = 0;
    /// Whether the last block of a direct read has to be asked for as a whole.
    [[nodiscard]] virtual bool asks_for_blocks() const = 0;
    /// Copies up to \p count bytes at \p offset, which is where the copy before
    /// ended. Returns how many, 0 at the end of the file, or an errno.
    [[nodiscard]] virtual std::expected<std::uint64_t, int> copy(int file, std::uint64_t offset, int target,
                                                                 std::uint64_t count) = 0;
};

/// sendfile(2): through a pipe of 64 KB inside the kernel.
[[nodiscard]] std::unique_ptr<KernelCopy> make_sendfile();

/// splice(2) by way of a pipe of our own, as large as everyone may make one.
[[nodiscard]] Result<std::unique_ptr<KernelCopy>> make_splice();

/// copy_file_range(2).
[[nodiscard]] std::unique_ptr<KernelCopy> make_copy_file_range();

/// Copies the whole file. Where it grew in the meantime, the target may get up
/// to a block more than file.size(); the bytes that were copied are returned.
[[nodiscard]] Result<std::uint64_t> copy_file(KernelCopy& call, const FileSource& file, int target);

}  // namespace dmaload
