// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <string>
#include <utility>

#include <fcntl.h>

#include "kind_groups.hpp"
#include "support/block.hpp"

namespace fuzz {
namespace {

struct Entry {
    const char* name;
    const char* path;
};

/// Some of its files, by a mount of our own: nothing is expected at the usual place.
void add_entries(Files& files, const std::string& filesystem, std::initializer_list<Entry> entries)
{
    auto mount = contract::Mount::of("none", filesystem);
    for (const auto& [name, path] : entries) {
        const std::string whole = mount ? mount->path() + path : std::string();
        files.add(name, UniqueFd(::open(whole.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)));
    }
    if (mount)
        files.keep(std::move(*mount));
}

}  // namespace

void add_mounted(Files& files)
{
    add_entries(
        files, "tracefs",
        {{"tracefs", "/tracing_on"}, {"tracefs-event", "/events/enable"}, {"tracefs-dir", "/events"}});
    add_entries(files, "securityfs", {{"securityfs", "/lsm"}, {"securityfs-dir", "/"}});
    add_entries(files, "cgroup2", {{"cgroup", "/cgroup.procs"}, {"cgroup-dir", "/"}});
}

}  // namespace fuzz
