// SPDX-License-Identifier: Apache-2.0
#include "support/stalled_memory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/content.hpp"

namespace hostile {
namespace {

int open_userfaultfd()
{
    return static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
}

}  // namespace

std::string StalledMemory::why_not(On on)
{
    const contract::UniqueFd fd(open_userfaultfd());
    uffdio_api api{};
    api.api = UFFD_API;
    if (!fd || ::ioctl(fd.get(), UFFDIO_API, &api) != 0)
        return std::string("userfaultfd: ") + std::strerror(errno);
    if (on == On::write && (api.features & UFFD_FEATURE_PAGEFAULT_FLAG_WP) == 0)
        return "userfaultfd does not protect from writing here";
    return {};
}

StalledMemory::StalledMemory(std::span<const std::byte> content, On on)
    : content_(content.begin(), content.end()), pages_(content.size()), on_(on), fault_(open_userfaultfd())
{
    if (!fault_)
        contract::throw_errno("userfaultfd");
    content_.resize(pages_.size());  // whole pages are answered for
    uffdio_api api{};
    api.api = UFFD_API;
    if (::ioctl(fault_.get(), UFFDIO_API, &api) != 0)
        contract::throw_errno("UFFDIO_API");
    if (on_ == On::write)
        std::ranges::copy(content_, pages_.begin());
    const uffdio_range range{reinterpret_cast<std::uintptr_t>(pages_.begin()), pages_.size()};
    uffdio_register area{};
    area.range = range;
    area.mode = on_ == On::read ? UFFDIO_REGISTER_MODE_MISSING : UFFDIO_REGISTER_MODE_WP;
    if (::ioctl(fault_.get(), UFFDIO_REGISTER, &area) != 0)
        contract::throw_errno("UFFDIO_REGISTER");
    uffdio_writeprotect protect{};
    protect.range = range;
    protect.mode = UFFDIO_WRITEPROTECT_MODE_WP;
    if (on_ == On::write && ::ioctl(fault_.get(), UFFDIO_WRITEPROTECT, &protect) != 0)
        contract::throw_errno("UFFDIO_WRITEPROTECT");
}

bool StalledMemory::stalls(std::chrono::milliseconds limit) const
{
    pollfd event{.fd = descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&event, 1, static_cast<int>(limit.count())) == 1 && (event.revents & POLLIN) != 0;
}

void StalledMemory::answer()
{
    uffd_msg message{};
    if (::read(descriptor(), &message, sizeof(message)) != static_cast<ssize_t>(sizeof(message)) ||
        message.event != UFFD_EVENT_PAGEFAULT)
        return;  // whoever waited has been killed
    const std::uint64_t page = message.arg.pagefault.address & ~(contract::page_size() - 1);
    if (on_ == On::read) {
        uffdio_copy copy{};
        copy.dst = page;
        copy.src = reinterpret_cast<std::uintptr_t>(content_.data()) +
                   (page - reinterpret_cast<std::uintptr_t>(address()));
        copy.len = contract::page_size();
        if (::ioctl(descriptor(), UFFDIO_COPY, &copy) != 0)
            contract::throw_errno("UFFDIO_COPY");
    } else {
        uffdio_writeprotect release{};
        release.range = {page, contract::page_size()};
        if (::ioctl(descriptor(), UFFDIO_WRITEPROTECT, &release) != 0)
            contract::throw_errno("UFFDIO_WRITEPROTECT");
    }
}

}  // namespace hostile
