// SPDX-License-Identifier: Apache-2.0
#include "fd_channel.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace contract {
namespace {

/// A message of one byte that carries a descriptor.
struct Message {
    Message()
    {
        part.iov_base = &byte;
        part.iov_len = 1;
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof(control);
    }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    ~Message() = default;

    char byte = 0;
    iovec part{};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
};

}  // namespace

FdChannel::FdChannel()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw_errno("socketpair");
    sender_.reset(ends[0]);
    receiver_.reset(ends[1]);
}

void FdChannel::send(int fd) const
{
    Message message;
    cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
    if (::sendmsg(sender_.get(), &message.header, 0) != 1)
        throw_errno("sendmsg");
}

UniqueFd FdChannel::receive() const
{
    Message message;
    if (::recvmsg(receiver_.get(), &message.header, MSG_CMSG_CLOEXEC) != 1)
        throw_errno("recvmsg");
    const cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
    if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) {
        errno = (message.header.msg_flags & MSG_CTRUNC) != 0 ? EACCES : ENOMSG;
        throw_errno("recvmsg: no descriptor came");
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
    return UniqueFd(fd);
}

}  // namespace contract
