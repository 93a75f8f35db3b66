// SPDX-License-Identifier: Apache-2.0
/*
 * The disk model inside QEMU, or any program that reads an image file by pread(2) or preadv(2): a library for
 * LD_PRELOAD that lets such reads of the image return when the disk would have answered them.
 *
 * QEMU reads by the threads of its pool ("aio=threads") straight into the guest's memory. A server in a
 * process of its own would move each byte twice more, and end at a speed that phones have.
 *
 * Settings, from the environment, for disks N = 0, 1 ... as long as there is a FILE:
 *
 *   DMALOAD_MODEL<N>_FILE        the image
 *   DMALOAD_MODEL<N>_RATE        bytes a second; 0 = no limit
 *   DMALOAD_MODEL<N>_LATENCY_US
 *   DMALOAD_MODEL<N>_CONTROL, _REQUESTS, _SUMMARY: paths, optional; see model.h
 *
 * Only reads are modelled. Writes and flushes go straight to the image, so that files are prepared quickly.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "model.h"

#define MAX_DISKS 16

static struct disk {
    dev_t device;
    ino_t inode;
    struct model* model;
} disks[MAX_DISKS];
static size_t disk_count;

static ssize_t (*real_pread)(int, void*, size_t, off64_t);
static ssize_t (*real_preadv)(int, const struct iovec*, int, off64_t);

static const char* setting(size_t disk, const char* name)
{
    char variable[64];
    snprintf(variable, sizeof(variable), "DMALOAD_MODEL%zu_%s", disk, name);
    return getenv(variable);
}

static void give_up(const char* what, const char* object)
{
    fprintf(stderr, "disk model: %s %s: %s\n", what, object, strerror(errno));
    exit(2);
}

static uint64_t number(size_t disk, const char* name)
{
    const char* text = setting(disk, name);
    char* end;

    errno = 0;
    uint64_t value = strtoull(text ? text : "", &end, 10);
    if (!errno && (!text || end == text || *end || *text == '-'))
        errno = EINVAL;
    if (errno)
        give_up(name, text ? text : "(not set)");
    return value;
}

__attribute__((constructor)) static void start(void)
{
    const char* file;

    real_pread = dlsym(RTLD_NEXT, "pread64");
    real_preadv = dlsym(RTLD_NEXT, "preadv64");
    while (disk_count < MAX_DISKS && (file = setting(disk_count, "FILE"))) {
        struct stat info;
        const struct model_settings settings = {
            .rate = number(disk_count, "RATE"),
            .latency_us = number(disk_count, "LATENCY_US"),
            .control = setting(disk_count, "CONTROL"),
            .requests = setting(disk_count, "REQUESTS"),
            .summary = setting(disk_count, "SUMMARY"),
        };
        struct model* model;

        if (stat(file, &info) < 0)
            give_up("stat", file);
        model = model_create(&settings);
        if (!model)
            give_up("open", settings.requests ? settings.requests : "no memory");
        disks[disk_count++] = (struct disk){info.st_dev, info.st_ino, model};
    }
}

__attribute__((destructor)) static void finish(void)
{
    for (size_t i = 0; i < disk_count; i++)
        model_write(disks[i].model);
}

/* Descriptors come and go as the program likes: the file behind one says what it is. */
static struct model* model_of(int fd)
{
    struct stat info;

    if (!disk_count || fstat(fd, &info) < 0)
        return NULL;
    for (size_t i = 0; i < disk_count; i++) {
        if (disks[i].inode == info.st_ino && disks[i].device == info.st_dev)
            return disks[i].model;
    }
    return NULL;
}

static size_t length_of(const struct iovec* parts, int count)
{
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    return length;
}

ssize_t pread64(int fd, void* buffer, size_t length, off64_t offset)
{
    struct model* model = model_of(fd);
    struct model_request request;
    bool modelled = model && model_arrive(model, (uint64_t)offset, length, &request);
    ssize_t n = real_pread(fd, buffer, length, offset);

    if (modelled)
        model_answer(model, &request);
    return n;
}

ssize_t preadv64(int fd, const struct iovec* parts, int count, off64_t offset)
{
    struct model* model = model_of(fd);
    struct model_request request;
    bool modelled = model && model_arrive(model, (uint64_t)offset, length_of(parts, count), &request);
    ssize_t n = real_preadv(fd, parts, count, offset);

    if (modelled)
        model_answer(model, &request);
    return n;
}

/* With 64-bit off_t the names without a number are the same calls. */
ssize_t pread(int, void*, size_t, off_t) __attribute__((alias("pread64")));
ssize_t preadv(int, const struct iovec*, int, off_t) __attribute__((alias("preadv64")));
