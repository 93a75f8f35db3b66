// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>
#include <utility>

#include <linux/if_alg.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kind_groups.hpp"

namespace fuzz {
namespace {

UniqueFd open_socket(int family, int type, int protocol = 0)
{
    return UniqueFd(::socket(family, type | SOCK_CLOEXEC, protocol));
}

/// A guest has nobody who does. Where it fails there are no connections.
void bring_loopback_up(int socket)
{
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", sizeof("lo"));
    if (::ioctl(socket, SIOCGIFFLAGS, &request) != 0)
        return;
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    ::ioctl(socket, SIOCSIFFLAGS, &request);
}

/// At a port of the kernel's choice; none where that is not possible.
UniqueFd bound_tcp()
{
    UniqueFd socket = open_socket(AF_INET, SOCK_STREAM);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        socket.reset();
    return socket;
}

UniqueFd connected_tcp(int listening)
{
    sockaddr_in address{};
    socklen_t length = sizeof(address);
    UniqueFd socket = open_socket(AF_INET, SOCK_STREAM);
    if (!socket || ::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0)
        socket.reset();
    return socket;
}

void add_tcp(Files& files)
{
    UniqueFd fresh = open_socket(AF_INET, SOCK_STREAM);
    bring_loopback_up(fresh.get());
    files.add("tcp", std::move(fresh));
    files.add("tcp-bound", bound_tcp());
    UniqueFd listening = bound_tcp();
    if (::listen(listening.get(), 1) != 0)
        listening.reset();
    UniqueFd connected = connected_tcp(listening.get());
    // Without a connection nobody would ever be there to be accepted.
    files.add("tcp-accepted",
              UniqueFd(connected ? ::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC) : -1));
    files.add("tcp-connected", std::move(connected));
    files.add("tcp-listening", std::move(listening));
}

void add_unix(Files& files)
{
    for (const auto& [name, type] : {std::pair{"stream", SOCK_STREAM}, std::pair{"datagram", SOCK_DGRAM}}) {
        int ends[2];
        if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
            contract::throw_errno("socketpair");
        files.add(name, UniqueFd(ends[0]));
        files.add(std::string(name) + "-peer", UniqueFd(ends[1]));
    }
    UniqueFd listening = open_socket(AF_UNIX, SOCK_SEQPACKET);
    // Its name is one of the kernel's choice, and no file.
    const sockaddr nameless{.sa_family = AF_UNIX, .sa_data = {}};
    if (!listening || ::bind(listening.get(), &nameless, sizeof(nameless.sa_family)) != 0 ||
        ::listen(listening.get(), 1) != 0)
        listening.reset();
    files.add("unix-listening", std::move(listening));
}

/// An algorithm of the kernel's, and an operation with it.
void add_algorithm(Files& files)
{
    UniqueFd algorithm = open_socket(AF_ALG, SOCK_SEQPACKET);
    sockaddr_alg address{};
    address.salg_family = AF_ALG;
    std::memcpy(address.salg_type, "hash", sizeof("hash"));
    std::memcpy(address.salg_name, "crc32c", sizeof("crc32c"));
    const bool is_bound = algorithm && ::bind(algorithm.get(), reinterpret_cast<const sockaddr*>(&address),
                                              sizeof(address)) == 0;
    files.add("algorithm-operation",
              UniqueFd(is_bound ? ::accept4(algorithm.get(), nullptr, nullptr, SOCK_CLOEXEC) : -1));
    files.add("algorithm", std::move(algorithm));
}

}  // namespace

void add_sockets(Files& files)
{
    add_unix(files);
    add_tcp(files);
    add_algorithm(files);
    files.add("udp", open_socket(AF_INET, SOCK_DGRAM));
    files.add("raw", open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    files.add("netlink", open_socket(AF_NETLINK, SOCK_RAW));
    files.add("vsock", open_socket(AF_VSOCK, SOCK_STREAM));
}

}  // namespace fuzz
