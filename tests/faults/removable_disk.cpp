// SPDX-License-Identifier: Apache-2.0
#include "removable_disk.hpp"

#include <stdexcept>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace faults {
namespace {

contract::Mount configfs()
{
    auto mount = contract::Mount::of("configfs", "configfs");
    if (!mount)
        throw std::runtime_error(mount.error());
    return std::move(*mount);
}

}  // namespace

RemovableDisk::RemovableDisk() : configfs_(configfs()), folder_(configfs_.path() + "/nullb/" + name_)
{
    if (::mkdir(folder_.c_str(), 0700) != 0)
        contract::throw_errno("mkdir " + folder_);
    set("memory_backed", "1");
    set("size", std::to_string(size / contract::megabyte));
    // Each request takes 50 ms, and so few and small ones are under way that a load takes many times as long.
    set("irqmode", "2");
    set("completion_nsec", "50000000");
    set("hw_queue_depth", "16");
    set("max_sectors", "256");
    set("power", "1");
}

RemovableDisk::~RemovableDisk()
{
    ::rmdir(folder_.c_str());
}

bool RemovableDisk::is_reading() const
{
    return std::stol(contract::read_text("/sys/block/" + name_ + "/inflight")) > 0;  // reads, then writes
}

void RemovableDisk::set(const std::string& attribute, const std::string& value) const
{
    contract::require_write(folder_ + "/" + attribute, value);
}

}  // namespace faults
