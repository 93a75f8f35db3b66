// SPDX-License-Identifier: Apache-2.0
/// \file
/// A disk that is taken out of the machine while it is read.
#pragma once

#include <cstdint>
#include <string>

#include "support/block.hpp"
#include "support/content.hpp"

namespace faults {

/// A null_blk device with memory. To remove it is what unplugging a disk is:
/// the device goes, and whoever has it open keeps a file without one.
class RemovableDisk {
public:
    static constexpr std::uint64_t size = 8 * contract::megabyte;

    RemovableDisk();
    RemovableDisk(const RemovableDisk&) = delete;
    RemovableDisk& operator=(const RemovableDisk&) = delete;
    ~RemovableDisk();

    [[nodiscard]] std::string path() const { return "/dev/" + name_; }
    [[nodiscard]] bool is_reading() const;
    void remove() const { set("power", "0"); }

private:
    void set(const std::string& attribute, const std::string& value) const;

    contract::Mount configfs_;
    std::string name_ = "unpluggable";
    std::string folder_;
};

}  // namespace faults
