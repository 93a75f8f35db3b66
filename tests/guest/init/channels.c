// SPDX-License-Identifier: Apache-2.0
/* Channels to the host: virtio-serial ports, found by their names. The job's files. The ends of the guest. */
#define _GNU_SOURCE
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

static const char* const channel_names[CHANNELS] = {"stdout", "stderr", "log", "control"};
int channel_fds[CHANNELS] = {-1, -1, -1, -1};
unsigned long long channel_bytes[CHANNELS];

void send_bytes(enum channel channel, const char* data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(channel_fds[channel], data, length);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        data += n;
        length -= (size_t)n;
        channel_bytes[channel] += (unsigned long long)n;
    }
}

static void say_kernel(const char* text)
{
    int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        dprintf(fd, "<3>guest init: %s\n", text);
        close(fd);
    }
}

static void wait_for_bye(void)
{
    char text[256];
    size_t used = 0;
    struct pollfd poll_fd = {.fd = channel_fds[CONTROL], .events = POLLIN};

    while (used < sizeof(text) - 1 && poll(&poll_fd, 1, 30000) > 0) {
        ssize_t n = read(poll_fd.fd, text + used, sizeof(text) - 1 - used);
        if (n <= 0)
            break;
        used += (size_t)n;
        text[used] = '\0';
        if (strstr(text, "bye\n"))
            break;
    }
}

void end_guest(void)
{
    if (channel_fds[CONTROL] >= 0)
        wait_for_bye();
    reboot(RB_AUTOBOOT);
    for (;;)
        pause();
}

void die(const char* format, ...)
{
    char text[512], line[600];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    say_kernel(text);
    if (channel_fds[CONTROL] >= 0) {
        int n = snprintf(line, sizeof(line), "failed %s\n", text);
        send_bytes(CONTROL, line, (size_t)n);
    } else {
        sleep(1); /* the console's last words */
    }
    end_guest();
}

char* read_file(const char* path, size_t* length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    size_t used = 0, room = 65536;
    char* data = malloc(room);
    for (;;) {
        if (!data)
            die("out of memory while reading %s", path);
        ssize_t n = read(fd, data + used, room - used - 1);
        if (n <= 0)
            break;
        used += (size_t)n;
        if (room - used < 2)
            data = realloc(data, room *= 2);
    }
    close(fd);
    data[used] = '\0';
    if (length)
        *length = used;
    return data;
}

char** read_list(const char* path, size_t extra, size_t* count_out)
{
    size_t length = 0, count = 0;
    char* data = read_file(path, &length);
    for (size_t i = 0; data && i < length; i++)
        count += data[i] == '\0';
    char** list = calloc(count + extra + 1, sizeof(*list));
    if (!list)
        die("out of memory");
    for (size_t i = 0, at = 0; i < count; i++) {
        list[i] = data + at;
        at += strlen(data + at) + 1;
    }
    if (count_out)
        *count_out = count;
    return list;
}

/* Ports appear while the driver talks to the device: waits up to ten seconds for one. */
static int open_port(const char* wanted)
{
    for (int tries = 0; tries < 1000; tries++, usleep(10000)) {
        DIR* folder = opendir("/sys/class/virtio-ports");
        if (!folder)
            continue;
        for (struct dirent* entry; (entry = readdir(folder));) {
            char path[512];
            snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
            char* name = read_file(path, NULL);
            bool found =
                name && strcspn(name, "\n") == strlen(wanted) && !strncmp(name, wanted, strlen(wanted));
            free(name);
            if (!found)
                continue;
            snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
            int fd = open(path, O_RDWR | O_CLOEXEC);
            if (fd < 0)
                break; /* the node is not there yet */
            closedir(folder);
            return fd;
        }
        closedir(folder);
    }
    die("there is no virtio port named %s", wanted);
}

void open_channels(void)
{
    for (int i = CHANNELS - 1; i >= 0; i--)
        channel_fds[i] = open_port(channel_names[i]);
}
