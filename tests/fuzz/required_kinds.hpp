// SPDX-License-Identifier: Apache-2.0
/// \file
/// Names of Files that the debug kernel has, in a guest with a disk: what is
/// not there is not tried, and nobody would notice.
#pragma once

#include <array>

namespace fuzz {

/// Of what is opened in several ways, one of them. It cannot have /dev/mem, a
/// terminal of its own, and sync objects, for which it has no driver of DRM.
inline constexpr std::array required_kinds{
    // Files.
    "tmpfs", "tmpfs-direct", "tmpfs-nameless", "tmpfs-1t", "tmpfs-max", "disk", "disk-direct",
    "disk-nameless", "disk-1t", "overlay", "overlay-direct", "block", "block-direct", "fuse", "fuse-direct",
    "host", "host-direct", "mapped", "mapped-direct", "mapped-error", "null-block",
    // Memory.
    "memfd", "memfd-sealed", "memfd-empty", "memfd-huge", "memfd-secret", "dma-buf", "udmabuf", "heap",
    // Pipes, terminals, sockets.
    "pipe-read", "fifo", "symlink", "pty", "pty-master", "stream", "datagram", "unix-listening", "udp", "raw",
    "netlink", "vsock", "tcp", "tcp-bound", "tcp-listening", "tcp-connected", "tcp-accepted", "algorithm",
    "algorithm-operation",
    // Objects.
    "epoll", "eventfd", "timerfd", "signalfd", "inotify", "fanotify", "fanotify-content", "userfaultfd",
    "pidfd", "io_uring", "perf", "mount", "mount-made", "mount-tree", "seccomp", "bpf-map", "bpf-program",
    "landlock", "message-queue", "sync-file", "ns-cgroup", "ns-ipc", "ns-mount", "ns-net", "ns-pid",
    "ns-pid-children", "ns-time", "ns-time-children", "ns-user", "ns-uts",
    // Devices.
    "dev-zero", "dev-null", "dev-full", "dev-random", "dev-kmsg", "dev-ptmx", "dev-console", "dev-ttyS0",
    "dev-fuse", "dev-udmabuf", "dev-loop-control", "dev-dri/card0", "dev-dri/renderD128",
    "dev-mapper/control", "dev-net/tun", "dev-dir",
    // The kernel's own filesystems.
    "proc-status", "proc-mem", "proc-pagemap", "proc-maps", "proc-environ", "proc-kallsyms", "proc-pci",
    "proc-sysctl", "proc-dir", "proc-task", "sysfs", "sysfs-notes", "sysfs-pci", "sysfs-dir", "debugfs",
    "debugfs-knob", "tracefs", "tracefs-event", "tracefs-dir", "securityfs", "securityfs-dir", "cgroup",
    "cgroup-dir"};

}  // namespace fuzz
