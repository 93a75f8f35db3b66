// SPDX-License-Identifier: Apache-2.0
#include "kinds.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/udmabuf.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "support/heap.hpp"

namespace fuzz {
namespace {

UniqueFd by_syscall(long result)
{
    return UniqueFd(static_cast<int>(result));
}

UniqueFd open_if_there(const char* path, int flags)
{
    return UniqueFd(::open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

/// None where it cannot have a size.
UniqueFd with_size(UniqueFd fd, off_t size)
{
    return ::ftruncate(fd.get(), size) == 0 ? std::move(fd) : UniqueFd();
}

void add_pairs(Files& files)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        contract::throw_errno("pipe2");
    files.add("pipe-read", UniqueFd(ends[0]));
    files.add("pipe-write", UniqueFd(ends[1]));
    for (const auto& [name, type] : {std::pair{"stream", SOCK_STREAM}, std::pair{"datagram", SOCK_DGRAM}}) {
        if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
            contract::throw_errno("socketpair");
        files.add(name, UniqueFd(ends[0]));
        files.add(std::string(name) + "-peer", UniqueFd(ends[1]));
    }
    files.add("netlink", UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)));
    files.add("udp", UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));

    const std::string fifo = "/dev/shm/fuzz-fifo-" + std::to_string(::getpid());
    if (::mkfifo(fifo.c_str(), 0600) != 0)
        contract::throw_errno("mkfifo " + fifo);
    files.add("fifo", UniqueFd(::open(fifo.c_str(), O_RDWR | O_CLOEXEC)));
    ::unlink(fifo.c_str());
    const std::string link = "/dev/shm/fuzz-link-" + std::to_string(::getpid());
    if (::symlink("/etc/os-release", link.c_str()) != 0)
        contract::throw_errno("symlink " + link);
    files.add("symlink", UniqueFd(::open(link.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)));
    ::unlink(link.c_str());
    UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ::unlockpt(master.get());
    files.add("pty", UniqueFd(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)));
    files.add("pty-master", std::move(master));
}

void add_anonymous(Files& files)
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
    files.add("mount", by_syscall(::syscall(SYS_fsopen, "tmpfs", 1)));
    files.add("mount-tree", by_syscall(::syscall(SYS_open_tree, AT_FDCWD, "/dev", 0x1 | O_CLOEXEC)));
}

void add_memory(Files& files)
{
    constexpr std::uint64_t size = 12'000;
    const std::vector<std::byte> bytes = pattern(size, 20);
    for (const auto& [name, seals] :
         {std::pair{"memfd", 0}, std::pair{"memfd-sealed", F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE}}) {
        UniqueFd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
        if (::write(fd.get(), bytes.data(), size) != static_cast<ssize_t>(size) ||
            ::fcntl(fd.get(), F_ADD_SEALS, seals) != 0)
            fd.reset();
        files.add(name, std::move(fd), bytes);
    }
    files.add("memfd-empty", UniqueFd(::memfd_create("empty", MFD_CLOEXEC)));
    // Has a size, and nothing that can be read: no page can be had.
    files.add("memfd-huge",
              with_size(UniqueFd(::memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB)), 2 * 1024 * 1024));
    files.add("memfd-secret", with_size(by_syscall(::syscall(SYS_memfd_secret, O_CLOEXEC)), 8192));
}

void add_dmabufs(Files& files)
{
    const UniqueFd heap = contract::open_heap();
    files.add("dma-buf", contract::alloc(heap.get(), 8192).dmabuf);
    files.add("heap", contract::open_heap());
    const UniqueFd device(::open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
    const UniqueFd memory(::memfd_create("udmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!device || !memory || ::ftruncate(memory.get(), 8192) != 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        return files.miss({"udmabuf"});
    udmabuf_create create{};
    create.memfd = static_cast<std::uint32_t>(memory.get());
    create.flags = UDMABUF_FLAGS_CLOEXEC;
    create.size = 8192;
    files.add("udmabuf", UniqueFd(::ioctl(device.get(), UDMABUF_CREATE, &create)));
}

void add_devices(Files& files)
{
    for (const char* node :
         {"zero", "null", "full", "random", "kmsg", "mem", "ptmx", "tty", "console", "ttyS0", "fuse",
          "udmabuf", "loop-control", "dri/card0", "dri/renderD128", "mapper/control"}) {
        const std::string path = std::string("/dev/") + node;
        const std::string name = std::string("dev-") + node;
        files.add(name, open_if_there(path.c_str(), O_RDONLY));
        files.add(name + "-wronly", open_if_there(path.c_str(), O_WRONLY));
    }
    files.add("dev-dir", open_if_there("/dev", O_RDONLY | O_DIRECTORY));
}

/// Some have a size of 0 though there is something to read, some a page though there are a few bytes.
void add_proc_and_sysfs(Files& files)
{
    for (const auto& [name, path] : {std::pair{"proc-status", "/proc/self/status"},
                                     std::pair{"proc-mem", "/proc/self/mem"},
                                     std::pair{"proc-pagemap", "/proc/self/pagemap"},
                                     std::pair{"proc-maps", "/proc/self/maps"},
                                     std::pair{"proc-environ", "/proc/self/environ"},
                                     std::pair{"proc-kcore", "/proc/kcore"},
                                     std::pair{"proc-kallsyms", "/proc/kallsyms"},
                                     std::pair{"proc-pci", "/proc/bus/pci/00/00.0"},
                                     std::pair{"proc-sysctl", "/proc/sys/kernel/ostype"},
                                     std::pair{"proc-dir", "/proc"},
                                     std::pair{"proc-task", "/proc/self/task"},
                                     std::pair{"ns-mount", "/proc/self/ns/mnt"},
                                     std::pair{"ns-pid", "/proc/self/ns/pid"},
                                     std::pair{"ns-net", "/proc/self/ns/net"},
                                     std::pair{"sysfs", "/sys/module/dma_heap_read/parameters/gather_limit"},
                                     std::pair{"sysfs-notes", "/sys/kernel/notes"},
                                     std::pair{"sysfs-pci", "/sys/bus/pci/devices/0000:00:00.0/config"},
                                     std::pair{"sysfs-dir", "/sys"},
                                     std::pair{"debugfs", "/sys/kernel/debug/dma_buf/bufinfo"},
                                     std::pair{"debugfs-knob", "/sys/kernel/debug/dma_heap_read/vmap"}}) {
        files.add(name, open_if_there(path, O_RDONLY));
        files.add_if_there(std::string(name) + "-direct", open_if_there(path, O_RDONLY | O_DIRECT));
    }
}

}  // namespace

void add_kinds(Files& files)
{
    add_pairs(files);
    add_anonymous(files);
    add_memory(files);
    add_dmabufs(files);
    add_devices(files);
    add_proc_and_sysfs(files);
}

}  // namespace fuzz
