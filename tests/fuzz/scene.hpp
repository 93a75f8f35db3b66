// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files whose server does what a server should not, each for one call.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "files.hpp"
#include "support/fuse_file.hpp"

namespace fuzz {

/// The names that files of scenes have in calls.
inline constexpr std::array scene_names{"fuse-late",         "fuse-short",       "fuse-error",
                                        "fuse-abort",        "fuse-late-direct", "fuse-short-direct",
                                        "fuse-error-direct", "fuse-abort-direct"};

class Scene {
public:
    static bool is_one(const std::string& name);

    /// The file of that name is there while this is.
    Scene(const std::string& name, Files& files);
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;
    ~Scene();

    /// The call begins, and is over.
    void start();
    void stop();

private:
    void serve();

    std::string name_;
    Files& files_;
    std::unique_ptr<contract::FuseFile> file_;
    UniqueFd fd_;
    UniqueFd abort_;  ///< where the connection is to end
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace fuzz
