// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <libdrm/drm.h>
#include <linux/bpf.h>
#include <linux/dma-buf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kind_groups.hpp"
#include "support/fd_channel.hpp"
#include "support/heap.hpp"
#include "support/process.hpp"

namespace fuzz {
namespace {

UniqueFd perf_event()
{
    perf_event_attr event{};
    event.type = PERF_TYPE_SOFTWARE;
    event.size = sizeof(event);
    event.config = PERF_COUNT_SW_DUMMY;
    return by_syscall(::syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

void add_events(Files& files)
{
    files.add("epoll", UniqueFd(::epoll_create1(EPOLL_CLOEXEC)));
    files.add("eventfd", UniqueFd(::eventfd(1, EFD_CLOEXEC)));
    files.add("timerfd", UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)));
    sigset_t none;
    sigemptyset(&none);
    files.add("signalfd", UniqueFd(::signalfd(-1, &none, SFD_CLOEXEC)));
    files.add("inotify", UniqueFd(::inotify_init1(IN_CLOEXEC)));
    files.add("fanotify", UniqueFd(::fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY)));
    files.add("fanotify-content", UniqueFd(::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDWR)));
    files.add("userfaultfd", by_syscall(::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK)));
    files.add("pidfd", by_syscall(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    io_uring_params ring{};
    files.add("io_uring", by_syscall(::syscall(SYS_io_uring_setup, 4, &ring)));
    files.add("perf", perf_event());
}

/// Each a step on the way from a filesystem to what is mounted.
void add_mounts(Files& files)
{
    UniqueFd filesystem = by_syscall(::syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
    ::syscall(SYS_fsconfig, filesystem.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
    files.add("mount-made", by_syscall(::syscall(SYS_fsmount, filesystem.get(), FSMOUNT_CLOEXEC, 0)));
    files.add("mount", std::move(filesystem));
    files.add("mount-tree",
              by_syscall(::syscall(SYS_open_tree, AT_FDCWD, "/dev", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
}

/// Made by a child, which the filter stays with; it allows everything.
UniqueFd seccomp_listener()
{
    const contract::FdChannel channel;
    contract::Child child([&] {
        sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        const sock_fprog program{.len = 1, .filter = &allow};
        const UniqueFd listener = by_syscall(
            ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
        if (!listener)
            return 1;
        channel.send(listener.get());
        return 0;
    });
    const auto status = child.wait();
    const bool was_sent = status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
    return was_sent ? channel.receive() : UniqueFd();
}

/// All of it: what the command does not know has to be zero.
bpf_attr no_attributes()
{
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof(attributes));
    return attributes;
}

UniqueFd bpf(int command, bpf_attr& attributes)
{
    return by_syscall(::syscall(SYS_bpf, command, &attributes, sizeof(attributes)));
}

UniqueFd bpf_map()
{
    bpf_attr map = no_attributes();
    map.map_type = BPF_MAP_TYPE_ARRAY;
    map.key_size = map.value_size = sizeof(std::uint32_t);
    map.max_entries = 1;
    return bpf(BPF_MAP_CREATE, map);
}

/// It returns 0.
UniqueFd bpf_program()
{
    bpf_insn steps[2]{};
    steps[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    steps[1].code = BPF_JMP | BPF_EXIT;
    bpf_attr program = no_attributes();
    program.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    program.insns = reinterpret_cast<std::uintptr_t>(steps);
    program.insn_cnt = 2;
    program.license = reinterpret_cast<std::uintptr_t>("GPL");
    return bpf(BPF_PROG_LOAD, program);
}

UniqueFd landlock_ruleset()
{
    landlock_ruleset_attr rules{};
    rules.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE;
    return by_syscall(::syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0));
}

void add_rules(Files& files)
{
    files.add("seccomp", seccomp_listener());
    files.add("bpf-map", bpf_map());
    files.add("bpf-program", bpf_program());
    files.add("landlock", landlock_ruleset());
}

/// A regular file with a size, and without what a load reads by.
UniqueFd message_queue()
{
    const std::string name = "/fuzz-" + std::to_string(::getpid());
    UniqueFd queue(::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, nullptr));
    ::mq_unlink(name.c_str());
    return queue;
}

/// What is waited for before a buffer is used.
UniqueFd sync_file()
{
    const UniqueFd heap = contract::open_heap();
    const contract::Outcome buffer = contract::alloc(heap.get(), 8192);
    dma_buf_export_sync_file fence{.flags = DMA_BUF_SYNC_RW, .fd = -1};
    ::ioctl(buffer.dmabuf.get(), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &fence);
    return UniqueFd(fence.fd);
}

/// Of the first device of DRM that has such.
UniqueFd sync_object()
{
    constexpr unsigned int most = 8;
    for (unsigned int number = 0; number < most; ++number) {
        const std::string path = "/dev/dri/card" + std::to_string(number);
        const UniqueFd device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        drm_syncobj_create create{};
        if (!device || ::ioctl(device.get(), DRM_IOCTL_SYNCOBJ_CREATE, &create) != 0)
            continue;
        drm_syncobj_handle object{};
        object.handle = create.handle;
        object.fd = -1;
        ::ioctl(device.get(), DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &object);
        return UniqueFd(object.fd);
    }
    return UniqueFd();
}

}  // namespace

void add_objects(Files& files)
{
    add_events(files);
    add_mounts(files);
    add_rules(files);
    files.add("message-queue", message_queue());
    files.add("sync-file", sync_file());
    files.add("sync-object", sync_object());
}

}  // namespace fuzz
