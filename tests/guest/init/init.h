// SPDX-License-Identifier: Apache-2.0
#ifndef GUEST_INIT_H
#define GUEST_INIT_H

#include <stddef.h>

#define MAX_DISKS 16

/* channels.c: virtio-serial ports to the host, and the ends of the guest. */
enum channel { OUT, ERR, LOG, CONTROL, CHANNELS };
extern int channel_fds[CHANNELS];
extern unsigned long long channel_bytes[CHANNELS]; /* what was sent on each */

void open_channels(void);
void send_bytes(enum channel channel, const char* data, size_t length);
/* Waits until the host has everything, and ends the guest. */
__attribute__((noreturn)) void end_guest(void);
/* The guest cannot be what it should be: says why, on the console and to the host, and ends it. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char* format, ...);

/* A whole file and a NUL behind it, to be freed; NULL where there is no such file. */
char* read_file(const char* path, size_t* length);
/* NUL-separated strings of a file, as an array that ends with NULL, with room for `extra` more. */
char** read_list(const char* path, size_t extra, size_t* count_out);

/* root.c: modules, the root folder, disks. */
void mount_kernel_filesystems(void);
void load_modules(void);
void make_root(const char* share);
void enter_root(void);
void mount_results(const char* share, const char* target);
/* Mounts every disk, adds DMALOAD_DISK<n>=/dev/... to the environment. Returns how many there are. */
unsigned int mount_disks(char* list, char** env, size_t env_count);
void unmount_disks(unsigned int count);

#endif
