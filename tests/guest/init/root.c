// SPDX-License-Identifier: Apache-2.0
/* The root folder: in memory, its entries the host's, read-only; and the disks. */
#define _GNU_SOURCE
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HOST "/host"
#define ROOT "/root"

static void make_folders(const char* path)
{
    char copy[4096];
    snprintf(copy, sizeof(copy), "%s", path);
    for (char* p = copy + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        mkdir(copy, 0755);
    }
    mkdir(copy, 0755);
}

static void mount_or_die(const char* source, const char* target, const char* type, unsigned long flags,
                         const char* options)
{
    if (mount(source, target, type, flags, options) < 0)
        die("mount %s (%s) at %s: %s", source, type ? type : "bind", target, strerror(errno));
}

/* What a kernel may lack without harm (debugfs, cgroup2, ...). */
static void mount_if_there(const char* type, const char* target)
{
    mkdir(target, 0755);
    mount(type, target, type, 0, NULL);
}

static void write_if_there(const char* path, const char* text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, text, strlen(text)) < 0)
        die("write %s to %s: %s", text, path, strerror(errno));
    close(fd);
}

void load_modules(void)
{
    for (char** module = read_list("/job/modules", 0, NULL); *module; module++) {
        int fd = open(*module, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
            die("load module %s: %s", *module, strerror(errno));
        close(fd);
    }
}

static void bind_path(const char* from, const char* to)
{
    struct stat info;
    if (lstat(from, &info) < 0)
        return;
    if (S_ISLNK(info.st_mode)) {
        char target[4096];
        ssize_t n = readlink(from, target, sizeof(target) - 1);
        if (n > 0) {
            target[n] = '\0';
            if (symlink(target, to) < 0 && errno != EEXIST)
                die("symlink %s: %s", to, strerror(errno));
        }
        return;
    }
    if (S_ISDIR(info.st_mode)) {
        make_folders(to);
    } else {
        int fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        if (fd >= 0)
            close(fd);
    }
    mount_or_die(from, to, NULL, MS_BIND | MS_REC, NULL);
}

static void mount_share(const char* type, const char* tag, const char* target, bool writable)
{
    /* Results reach the host as they are written: no cache on that share. */
    const char* options = "";
    if (!strcmp(type, "9p"))
        options = writable ? "trans=virtio,version=9p2000.L,msize=512000,cache=none"
                           : "trans=virtio,version=9p2000.L,msize=512000,cache=loose";
    mount_or_die(tag, target, type, writable ? 0 : MS_RDONLY, options);
}

void make_root(const char* share)
{
    mkdir(HOST, 0755);
    mkdir(ROOT, 0755);
    mount_share(share, "host", HOST, false);
    mount_or_die("root", ROOT, "tmpfs", 0, "mode=755");

    DIR* folder = opendir(HOST);
    if (!folder)
        die("open the host's root: %s", strerror(errno));
    for (struct dirent* entry; (entry = readdir(folder));) {
        static const char* const own[] = {".", "..", "proc", "sys", "dev", "run", "tmp", NULL};
        const char* const* name = own;
        while (*name && strcmp(*name, entry->d_name))
            name++;
        if (*name)
            continue;
        char from[512], to[512];
        snprintf(from, sizeof(from), HOST "/%s", entry->d_name);
        snprintf(to, sizeof(to), ROOT "/%s", entry->d_name);
        bind_path(from, to);
    }
    closedir(folder);

    for (const char* const* path = (const char* const[]){"/proc", "/sys", "/dev", "/run", "/tmp", NULL};
         *path; path++) {
        char to[64];
        snprintf(to, sizeof(to), ROOT "%s", *path);
        mkdir(to, 0755);
    }
    mount_or_die("tmpfs", ROOT "/run", "tmpfs", 0, "mode=755");
    mount_or_die("tmpfs", ROOT "/tmp", "tmpfs", 0, "mode=1777");
    mount_or_die("/dev", ROOT "/dev", NULL, MS_MOVE, NULL);
    mount_or_die("/proc", ROOT "/proc", NULL, MS_MOVE, NULL);
    mount_or_die("/sys", ROOT "/sys", NULL, MS_MOVE, NULL);
    mkdir(ROOT "/dev/shm", 01777);
    mount_or_die("tmpfs", ROOT "/dev/shm", "tmpfs", 0, "mode=1777");
    mkdir(ROOT "/dev/pts", 0755);
    mount("devpts", ROOT "/dev/pts", "devpts", 0, "ptmxmode=666"); /* only a shell needs it */

    /* Host paths below a folder that is the guest's own: a checkout in /tmp, for one. */
    for (char** keep = read_list("/job/keep", 0, NULL); *keep; keep++) {
        char from[4096], to[4096], parent[4096];
        snprintf(from, sizeof(from), HOST "%s", *keep);
        snprintf(to, sizeof(to), ROOT "%s", *keep);
        snprintf(parent, sizeof(parent), "%s", to);
        *strrchr(parent, '/') = '\0';
        make_folders(parent);
        bind_path(from, to);
    }
}

void enter_root(void)
{
    if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
        die("enter the new root: %s", strerror(errno));
    /* A program that asks for huge pages in a memfd gets them: the best that udmabuf can do. */
    write_if_there("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "advise");
    /* Hugetlb pages are made when they are asked for, so that none are kept from the others. */
    write_if_there("/proc/sys/vm/nr_overcommit_hugepages", "1048576");
    mount_if_there("debugfs", "/sys/kernel/debug");
    mount_if_there("tracefs", "/sys/kernel/tracing");
    mount_if_there("cgroup2", "/sys/fs/cgroup");
}

/* The kernel's name of a disk, by the serial number that QEMU gave it. */
static bool find_disk(unsigned int number, char* device, size_t size)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "disk%u", number);
    DIR* folder = opendir("/sys/block");
    if (!folder)
        return false;
    bool found = false;
    for (struct dirent* entry; !found && (entry = readdir(folder));) {
        char path[512];
        snprintf(path, sizeof(path), "/sys/block/%s/serial", entry->d_name);
        char* serial = read_file(path, NULL);
        if (serial && !strcmp(serial, wanted)) {
            snprintf(device, size, "/dev/%s", entry->d_name);
            found = true;
        }
        free(serial);
    }
    closedir(folder);
    return found;
}

unsigned int mount_disks(char* list, char** env, size_t env_count)
{
    unsigned int number = 0;
    for (char* fs = list ? strtok(list, "\n") : NULL; fs && number < MAX_DISKS;
         fs = strtok(NULL, "\n"), number++) {
        char device[300], target[32];
        for (int tries = 0; !find_disk(number, device, sizeof(device)); tries++, usleep(10000))
            if (tries == 500)
                die("there is no disk %u", number);
        if (asprintf(&env[env_count + number], "DMALOAD_DISK%u=%s", number, device) < 0)
            die("out of memory");
        snprintf(target, sizeof(target), "/disk%u", number);
        mkdir(target, 0755);
        if (strcmp(fs, "raw"))
            mount_or_die(device, target, fs, MS_NOATIME, NULL);
    }
    return number;
}

void unmount_disks(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        char target[32];
        snprintf(target, sizeof(target), "/disk%u", i);
        while (umount2(target, 0) == 0)
            ;
    }
    sync();
}

void mount_kernel_filesystems(void)
{
    sethostname("guest", 5);
    mkdir("/dev", 0755);
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mount_or_die("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount_or_die("proc", "/proc", "proc", 0, NULL);
    mount_or_die("sysfs", "/sys", "sysfs", 0, NULL);
}

void mount_results(const char* share, const char* target)
{
    make_folders(target);
    mount_share(share, "results", target, true);
}
