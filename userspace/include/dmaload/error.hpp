// SPDX-License-Identifier: Apache-2.0
/// \file
/// What every fallible call of the library returns instead of throwing.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace dmaload {

/// A failure that its reader can act on: what was attempted, on what, why it
/// failed, and what to do about it.
struct Error {
    std::string operation;  ///< the call that failed, for example "open" or "DMA_HEAP_IOCTL_ALLOC"
    std::string object;     ///< what it was applied to: a path, a heap, a size
    int code = 0;           ///< errno value; 0 where no system call failed
    std::string advice;     ///< what to do; a whole sentence, or empty

    /// One line for people: "open /dev/dma_heap/system: Permission denied. <advice>"
    [[nodiscard]] std::string message() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for returning a failure from a function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(std::string operation, std::string object, int code,
                                                 std::string advice = {})
{
    return std::unexpected(Error{std::move(operation), std::move(object), code, std::move(advice)});
}

}  // namespace dmaload
