// SPDX-License-Identifier: Apache-2.0
/*
 * The first and only system program of a test guest. Started by the kernel from a small initramfs, it
 *
 *  1. loads the modules that a kernel of a distribution needs, if there are any;
 *  2. makes a root folder in memory whose entries are those of the host's root, read-only;
 *  3. mounts the results folder (writable, at the path that it has on the host) and the disks at /disk0, ...;
 *  4. runs one command, and carries what it writes, and what the kernel logs, to the host;
 *  5. tells the host the exit status and how many bytes were sent on each channel, waits until the host has
 *     them all, and reboots (which ends QEMU).
 *
 * What to do is in /job, files that scripts/guest has put into the initramfs:
 *   argv env keep modules   strings, each ended by a NUL
 *   cwd results share       one string each; share is the filesystem type: 9p or virtiofs
 *   disks                   one line a disk: its filesystem, or "raw"
 *   tty                     rows and columns; there only when the command is to get a terminal
 *
 * Channels are virtio-serial ports, found by name: stdout, stderr, log and control.
 */
#define _GNU_SOURCE
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    int out; /* what it writes: pipes, or for a terminal the pseudo-terminal's master in `out` */
    int err;
};

static struct child start(char** argv, char** env, const char* cwd, const char* tty)
{
    struct child child = {.err = -1};
    int out[2], err[2];
    if (tty) {
        struct winsize size = {0};
        sscanf(tty, "%hu %hu", &size.ws_row, &size.ws_col);
        out[0] = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (out[0] < 0 || unlockpt(out[0]) < 0)
            die("open a pseudo-terminal: %s", strerror(errno));
        out[1] = open(ptsname(out[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (out[1] < 0)
            die("open a pseudo-terminal: %s", strerror(errno));
        ioctl(out[0], TIOCSWINSZ, &size);
        err[1] = out[1];
    } else {
        if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
            die("pipe: %s", strerror(errno));
        child.err = err[0];
    }
    child.out = out[0];

    child.pid = fork();
    if (child.pid < 0)
        die("fork: %s", strerror(errno));
    if (child.pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setsid();
        int in = tty ? out[1] : open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (tty)
            ioctl(out[1], TIOCSCTTY, 0);
        dup2(in, 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        if (chdir(cwd) < 0) {
            dprintf(2, "guest: cannot enter %s: %s\n", cwd, strerror(errno));
            _exit(126);
        }
        environ = env; /* execvp searches the new PATH */
        execvp(argv[0], argv);
        int code = errno == ENOENT ? 127 : 126;
        dprintf(2, "guest: cannot run %s: %s\n", argv[0], strerror(errno));
        _exit(code);
    }
    close(out[1]);
    if (!tty)
        close(err[1]);
    return child;
}

/* Carries what there is from a descriptor to a channel. False at its end. */
static bool carry(int from, enum channel to)
{
    static char data[65536];
    ssize_t n = read(from, data, sizeof(data));
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    send_bytes(to, data, (size_t)n);
    return true;
}

/* Kernel messages come one record a read: "priority,number,microseconds,flags;text\n KEY=value ...". */
static void carry_log(int kmsg)
{
    char record[8192], line[8300];
    for (;;) {
        ssize_t n = read(kmsg, record, sizeof(record) - 1);
        if (n < 0 && (errno == EPIPE || errno == EINTR))
            continue; /* records were overwritten: go on with the oldest that is left */
        if (n <= 0)
            return;
        record[n] = '\0';
        unsigned int priority;
        unsigned long long number, time;
        char* text = strchr(record, ';');
        if (!text || sscanf(record, "%u,%llu,%llu", &priority, &number, &time) != 3)
            continue;
        text++;
        text[strcspn(text, "\n")] = '\0';
        n = snprintf(line, sizeof(line), "<%u>[%5llu.%06llu] %s\n", priority & 7, time / 1000000,
                     time % 1000000, text);
        send_bytes(LOG, line, (size_t)n);
    }
}

static void take_order(int terminal)
{
    char text[128];
    struct winsize size = {0};
    ssize_t n = read(channel_fds[CONTROL], text, sizeof(text) - 1);
    if (n <= 0)
        return;
    text[n] = '\0';
    if (sscanf(text, "size %hu %hu", &size.ws_row, &size.ws_col) == 2)
        ioctl(terminal, TIOCSWINSZ, &size);
}

/* Reaps what ended; true once the command is among it. */
static bool reap(pid_t command, int* status_out)
{
    bool ended = false;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == command) {
            *status_out = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            ended = true;
        }
    }
    return ended;
}

/* Until the command has ended and everything that it wrote is sent. Returns its status. */
static int attend(struct child child, int kmsg, int signals, bool tty)
{
    int status = 255;
    bool running = true;
    struct pollfd fds[] = {
        {.fd = child.out, .events = POLLIN},
        {.fd = child.err, .events = POLLIN},
        {.fd = kmsg, .events = POLLIN},
        {.fd = signals, .events = POLLIN},
        {.fd = tty ? channel_fds[OUT] : -1, .events = POLLIN},
        {.fd = tty ? channel_fds[CONTROL] : -1, .events = POLLIN},
    };

    while (running || fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0)
            continue;
        if (fds[0].revents && !carry(child.out, OUT))
            fds[0].fd = -1;
        if (fds[1].revents && !carry(child.err, ERR))
            fds[1].fd = -1;
        if (fds[2].revents)
            carry_log(kmsg);
        if (fds[4].revents & POLLIN) {
            char typed[4096];
            ssize_t n = read(channel_fds[OUT], typed, sizeof(typed));
            if (n > 0 && write(child.out, typed, (size_t)n) < 0)
                fds[4].fd = -1;
        }
        if (fds[5].revents & POLLIN)
            take_order(child.out);
        if (fds[3].revents) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof(info)) > 0 && reap(child.pid, &status)) {
                running = false;
                kill(-1, SIGKILL); /* what it left behind holds pipes and disks */
            }
        }
    }
    while (waitpid(-1, NULL, 0) > 0)
        ;
    return status;
}

int main(void)
{
    mount_kernel_filesystems();
    load_modules();
    open_channels();

    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    int signals = signalfd(-1, &mask, SFD_CLOEXEC);
    int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    size_t env_count;
    char **argv = read_list("/job/argv", 0, NULL), **env = read_list("/job/env", MAX_DISKS, &env_count);
    char *cwd = read_file("/job/cwd", NULL), *share = read_file("/job/share", NULL),
         *tty = read_file("/job/tty", NULL);
    char *results = read_file("/job/results", NULL), *disks = read_file("/job/disks", NULL);
    if (!argv[0] || !cwd || !share || !results)
        die("the job is not complete");

    make_root(share);
    enter_root();
    mount_results(share, results);
    unsigned int disk_count = mount_disks(disks, env, env_count);

    send_bytes(CONTROL, "started\n", 8);
    struct child child = start(argv, env, cwd, tty);
    int status = attend(child, kmsg, signals, tty != NULL);
    unmount_disks(disk_count);
    carry_log(kmsg);

    char line[128];
    int n = snprintf(line, sizeof(line), "exit %d %llu %llu %llu\n", status, channel_bytes[OUT],
                     channel_bytes[ERR], channel_bytes[LOG]);
    send_bytes(CONTROL, line, (size_t)n);
    end_guest();
}
