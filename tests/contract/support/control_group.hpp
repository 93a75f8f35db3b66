// SPDX-License-Identifier: Apache-2.0
/// \file
/// A control group with the memory controller.
#pragma once

#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "support/system.hpp"

namespace contract {

/// Removed in the end.
class ControlGroup {
public:
    /// \p root: where cgroup2 is mounted.
    explicit ControlGroup(const std::string& root) : path_(root + "/contract-" + std::to_string(::getpid()))
    {
        static_cast<void>(write_text(root + "/cgroup.subtree_control", "+memory"));
        if (::mkdir(path_.c_str(), 0700) != 0)
            throw_errno("mkdir " + path_);
    }
    ControlGroup(const ControlGroup&) = delete;
    ControlGroup& operator=(const ControlGroup&) = delete;
    ~ControlGroup() { ::rmdir(path_.c_str()); }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace contract
