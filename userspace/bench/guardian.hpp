// SPDX-License-Identifier: Apache-2.0
/// \file
/// Puts the system's settings back, however this process ends.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

namespace dmaload::bench {

/// What is to be done in the end.
struct Undo {
    std::string path;
    std::optional<std::string> text;  ///< written to the file; none: the path is a folder to be removed
};

/// A child process that does it as soon as this object, or the whole process,
/// is gone: also after SIGKILL or the second Ctrl-C, when nothing of this
/// process runs any more.
class Guardian {
public:
    /// The undos are done in the order given; one that fails stops no other.
    /// Make it before what is to be undone.
    [[nodiscard]] static Result<Guardian> start(const std::vector<Undo>& undos);

    Guardian(Guardian&& other) noexcept;
    Guardian& operator=(Guardian&&) = delete;
    Guardian(const Guardian&) = delete;
    /// Returns when all is undone.
    ~Guardian();

private:
    Guardian(UniqueFd alive, pid_t child) : alive_(std::move(alive)), child_(child) {}

    UniqueFd alive_;  ///< the pipe's end whose closing the child waits for
    pid_t child_;
};

}  // namespace dmaload::bench
