// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files for which there is not enough memory, and what came of it.
#pragma once

#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "support/content.hpp"
#include "support/system.hpp"

namespace hostile {

/// All memory of the machine in bytes, be it free or not.
inline std::uint64_t whole_memory()
{
    struct sysinfo info{};
    if (::sysinfo(&info) != 0)
        contract::throw_errno("sysinfo");
    return std::uint64_t{info.totalram} * info.mem_unit;
}

/// An open file that is nothing but a hole: there is no disk to wait for, but
/// each page that it is read into is written to.
class Hole {
public:
    Hole(const std::string& folder, std::uint64_t size)
        : file_(folder, 0), fd_(file_.open(O_RDONLY | O_DIRECT))
    {
        const std::uint64_t whole_pages = size / contract::page_size() * contract::page_size();
        if (::truncate(file_.path().c_str(), static_cast<off_t>(whole_pages)) != 0)
            contract::throw_errno("truncate " + file_.path());
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    contract::TemporaryFile file_;
    contract::UniqueFd fd_;
};

/// How many processes the OOM killer has ended since the machine was booted.
inline long oom_kills()
{
    std::istringstream words(contract::read_text("/proc/vmstat"));
    long count = 0;
    for (std::string word; words >> word;)
        if (word == "oom_kill" && words >> count)
            return count;
    throw std::runtime_error("/proc/vmstat does not count what the OOM killer ends");
}

}  // namespace hostile
