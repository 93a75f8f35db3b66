// SPDX-License-Identifier: Apache-2.0
#include "kinds.hpp"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kind_groups.hpp"
#include "support/heap.hpp"

namespace fuzz {
namespace {

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
              with_size(UniqueFd(::memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB)), off_t{2} * 1024 * 1024));
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
          "udmabuf", "loop-control", "dri/card0", "dri/renderD128", "mapper/control", "net/tun"}) {
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
                                     std::pair{"ns-cgroup", "/proc/self/ns/cgroup"},
                                     std::pair{"ns-ipc", "/proc/self/ns/ipc"},
                                     std::pair{"ns-mount", "/proc/self/ns/mnt"},
                                     std::pair{"ns-net", "/proc/self/ns/net"},
                                     std::pair{"ns-pid", "/proc/self/ns/pid"},
                                     std::pair{"ns-pid-children", "/proc/self/ns/pid_for_children"},
                                     std::pair{"ns-time", "/proc/self/ns/time"},
                                     std::pair{"ns-time-children", "/proc/self/ns/time_for_children"},
                                     std::pair{"ns-user", "/proc/self/ns/user"},
                                     std::pair{"ns-uts", "/proc/self/ns/uts"},
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
    add_sockets(files);
    add_objects(files);
    add_memory(files);
    add_dmabufs(files);
    add_devices(files);
    add_block_devices(files);
    add_proc_and_sysfs(files);
    add_mounted(files);
}

}  // namespace fuzz
