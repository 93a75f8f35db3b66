// SPDX-License-Identifier: Apache-2.0
#include "support/guardian.hpp"

#include <cstdint>

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <unistd.h>

namespace contract {

Guardian::Guardian(const std::string& path, int allowed) : allowed_(allowed)
{
    group_.reset(::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC));
    if (!group_)
        throw_errno("fanotify_init");
    if (::fanotify_mark(group_.get(), FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, path.c_str()) != 0)
        throw_errno("fanotify_mark " + path);
    thread_ = std::thread([this] { serve(); });
}

Guardian::~Guardian()
{
    stop_ = true;
    thread_.join();
}

std::string Guardian::why_not()
{
    const UniqueFd group(::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY));
    return group ? std::string() : "no fanotify with permissions (FANOTIFY_ACCESS_PERMISSIONS)";
}

void Guardian::serve()
{
    while (!stop_) {
        pollfd event{.fd = group_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&event, 1, 20) > 0)
            answer();
    }
}

void Guardian::answer()
{
    alignas(fanotify_event_metadata) char events[4096];
    ssize_t left = ::read(group_.get(), events, sizeof(events));
    for (auto* each = reinterpret_cast<fanotify_event_metadata*>(events); FAN_EVENT_OK(each, left);
         each = FAN_EVENT_NEXT(each, left)) {
        const UniqueFd file(each->fd);
        const bool allow = asked_++ < allowed_;
        const fanotify_response response{file.get(),
                                         static_cast<std::uint32_t>(allow ? FAN_ALLOW : FAN_DENY)};
        [[maybe_unused]] const ssize_t written = ::write(group_.get(), &response, sizeof(response));
    }
}

}  // namespace contract
