// SPDX-License-Identifier: Apache-2.0
/*
 * The disk model: an nbdkit plugin that serves an image file as a disk with a stated speed would.
 *
 * A read of n bytes that arrives at time t passes one serial link and then a fixed latency:
 *
 *     start = max(t, link free)     due  = start + n / rate     (the link is free again at `due`)
 *                                   done = due + latency        (the read is answered at `done`)
 *
 * done is an absolute time: the data is fetched first, then the thread sleeps until done. Many reads may be
 * on their way at once; latency overlaps, the link does not. Rate 0 means no limit: no link, no latency, no
 * sleep. Only reads are modelled. Writes and flushes go straight to the image, so that files are prepared
 * quickly.
 *
 * Parameters:
 *   file=PATH         the image
 *   rate=BYTES/S      0 = no limit
 *   latency-us=US
 *   control=PATH      optional: a file "RATE [LATENCY_US]" that overrides both while it exists with that
 * content. It is looked at (stat) when a request arrives, at most every 20 ms, and read when it changed; what
 * is not a number is ignored. So who changes it waits 20 ms before the next read counts. requests=PATH
 * optional: CSV, written at the end, a line for each modelled read in the order of their ends: what it asked
 * for, rate and latency in force, and its times (nanoseconds since the plugin started) summary=PATH optional:
 * written at the end, JSON: how many, how much, how late
 */
#define NBDKIT_API_VERSION 2
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nbdkit-plugin.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

#define NS_PER_SECOND 1000000000ull
#define LATE_NS 500000 /* the promise: 99 % of all reads are answered less than this after they are due */
#define CONTROL_INTERVAL_NS 20000000ull

struct request {
    uint64_t offset, rate, latency, arrived, due, done, answered;
    uint32_t length;
};

static char *file_path, *control_path, *requests_path, *summary_path;
static int image = -1;
static uint64_t epoch;
static _Atomic bool realtime;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* all of what follows */
static uint64_t rate, latency_ns, link_free;
static uint64_t given_rate, given_latency_ns;
static uint64_t control_looked_at;
static struct timespec control_changed;
static struct request* requests;
static size_t request_count, request_room;
static uint64_t unmodelled_reads, unmodelled_bytes;
static FILE* requests_file;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static void sleep_until(uint64_t when)
{
    struct timespec until = {(time_t)(when / NS_PER_SECOND), (long)(when % NS_PER_SECOND)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static int set_number(const char* key, const char* value, uint64_t scale, uint64_t* out)
{
    char* end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (errno || end == value || *end || *value == '-') {
        nbdkit_error("%s=%s is not a number", key, value);
        return -1;
    }
    *out = number * scale;
    return 0;
}

static int set_path(const char* value, char** out)
{
    free(*out);
    *out = nbdkit_absolute_path(value);
    return *out ? 0 : -1;
}

static int model_config(const char* key, const char* value)
{
    if (!strcmp(key, "file"))
        return set_path(value, &file_path);
    if (!strcmp(key, "control"))
        return set_path(value, &control_path);
    if (!strcmp(key, "requests"))
        return set_path(value, &requests_path);
    if (!strcmp(key, "summary"))
        return set_path(value, &summary_path);
    if (!strcmp(key, "rate"))
        return set_number(key, value, 1, &given_rate);
    if (!strcmp(key, "latency-us"))
        return set_number(key, value, 1000, &given_latency_ns);
    nbdkit_error("there is no parameter '%s'", key);
    return -1;
}

static int model_config_complete(void)
{
    if (!file_path) {
        nbdkit_error("file=PATH is missing");
        return -1;
    }
    rate = given_rate;
    latency_ns = given_latency_ns;
    return 0;
}

static int model_get_ready(void)
{
    image = open(file_path, O_RDWR | O_CLOEXEC);
    if (image < 0) {
        nbdkit_error("open %s: %m", file_path);
        return -1;
    }
    if (requests_path && !(requests_file = fopen(requests_path, "we"))) {
        nbdkit_error("open %s: %m", requests_path);
        return -1;
    }
    epoch = now_ns();
    return 0;
}

static void* model_open(int readonly)
{
    (void)readonly;
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t model_get_size(void* handle)
{
    (void)handle;
    struct stat info;
    if (fstat(image, &info) < 0) {
        nbdkit_error("stat %s: %m", file_path);
        return -1;
    }
    return info.st_size;
}

/* With the lock held: takes over what the control file says, if it changed. */
static void look_at_control(uint64_t now)
{
    struct stat info;
    if (!control_path || now - control_looked_at < CONTROL_INTERVAL_NS)
        return;
    control_looked_at = now;
    if (stat(control_path, &info) < 0 ||
        (info.st_mtim.tv_sec == control_changed.tv_sec && info.st_mtim.tv_nsec == control_changed.tv_nsec))
        return;

    char text[64];
    int fd = open(control_path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return; /* being written: its time changes again */
    text[n] = '\0';
    uint64_t new_rate, new_latency_us = latency_ns / 1000;
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &new_rate, &new_latency_us) < 1)
        return;
    control_changed = info.st_mtim;
    rate = new_rate;
    latency_ns = new_latency_us * 1000;
}

static int read_image(void* buffer, uint32_t count, uint64_t offset)
{
    while (count > 0) {
        ssize_t n = pread(image, buffer, count, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            nbdkit_error("read %s at %" PRIu64 ": %s", file_path, offset,
                         n ? strerror(errno) : "end of file");
            nbdkit_set_error(n ? errno : EIO);
            return -1;
        }
        buffer = (char*)buffer + n;
        count -= (uint32_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

/*
 * The disk does not compete with the emulated CPUs for the host's: its threads wake exactly, and before
 * others where the host permits that. Both are a thread's own, so each thread asks once.
 */
static void be_punctual(void)
{
    static __thread bool asked;
    const struct sched_param priority = {.sched_priority = 1};

    if (asked)
        return;
    asked = true;
    prctl(PR_SET_TIMERSLACK, 1ul);
    realtime = sched_setscheduler(0, SCHED_RR, &priority) == 0;
}

static int model_pread(void* handle, void* buffer, uint32_t count, uint64_t offset, uint32_t flags)
{
    (void)handle;
    (void)flags;
    be_punctual();
    uint64_t arrived = now_ns();

    pthread_mutex_lock(&lock);
    look_at_control(arrived);
    if (!rate) {
        unmodelled_reads++;
        unmodelled_bytes += count;
        pthread_mutex_unlock(&lock);
        return read_image(buffer, count, offset);
    }
    uint64_t start = arrived > link_free ? arrived : link_free;
    uint64_t due = start + (uint64_t)((unsigned __int128)count * NS_PER_SECOND / rate);
    uint64_t done = due + latency_ns;
    link_free = due;
    struct request r = {.offset = offset,
                        .rate = rate,
                        .latency = latency_ns,
                        .arrived = arrived - epoch,
                        .due = due - epoch,
                        .done = done - epoch,
                        .length = count};
    pthread_mutex_unlock(&lock);

    if (read_image(buffer, count, offset) < 0)
        return -1;
    sleep_until(done);
    r.answered = now_ns() - epoch;

    pthread_mutex_lock(&lock);
    if (request_count == request_room) {
        size_t room = request_room ? request_room * 2 : 4096;
        struct request* more = realloc(requests, room * sizeof(*requests));
        if (more) {
            requests = more;
            request_room = room;
        }
    }
    if (request_count < request_room)
        requests[request_count++] = r;
    pthread_mutex_unlock(&lock);
    return 0;
}

static int model_pwrite(void* handle, const void* buffer, uint32_t count, uint64_t offset, uint32_t flags)
{
    (void)handle;
    while (count > 0) {
        ssize_t n = pwrite(image, buffer, count, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            nbdkit_error("write %s at %" PRIu64 ": %m", file_path, offset);
            return -1;
        }
        buffer = (const char*)buffer + n;
        count -= (uint32_t)n;
        offset += (uint64_t)n;
    }
    return (flags & NBDKIT_FLAG_FUA) ? fdatasync(image) : 0;
}

static int model_flush(void* handle, uint32_t flags)
{
    (void)handle;
    (void)flags;
    return fdatasync(image);
}

static int model_can_multi_conn(void* handle)
{
    (void)handle;
    return 1;
}

static int model_can_fua(void* handle)
{
    (void)handle;
    return NBDKIT_FUA_NATIVE;
}

static void write_requests(void)
{
    fputs("offset,length,rate,latency,arrived,due,done,answered\n", requests_file);
    for (size_t i = 0; i < request_count; i++) {
        const struct request* r = &requests[i];
        fprintf(requests_file,
                "%" PRIu64 ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
                "\n",
                r->offset, r->length, r->rate, r->latency, r->arrived, r->due, r->done, r->answered);
    }
    fclose(requests_file);
}

static void model_unload(void)
{
    uint64_t bytes = 0, worst = 0, total = 0;
    size_t in_time = 0;

    if (requests_file)
        write_requests();
    for (size_t i = 0; i < request_count; i++) {
        const struct request* r = &requests[i];
        uint64_t late = r->answered > r->done ? r->answered - r->done : 0;
        bytes += r->length;
        total += late;
        in_time += late < LATE_NS;
        worst = late > worst ? late : worst;
    }
    FILE* out = summary_path ? fopen(summary_path, "we") : NULL;
    if (out) {
        fprintf(out,
                "{\"reads\": %zu, \"bytes\": %" PRIu64
                ", \"in_time_share\": %.5f, \"late_limit_ns\": %d, "
                "\"mean_late_ns\": %.0f, \"max_late_ns\": %" PRIu64 ", \"unmodelled_reads\": %" PRIu64
                ", \"unmodelled_bytes\": %" PRIu64 ", \"realtime\": %s}\n",
                request_count, bytes, request_count ? (double)in_time / (double)request_count : 1.0, LATE_NS,
                request_count ? (double)total / (double)request_count : 0.0, worst, unmodelled_reads,
                unmodelled_bytes, realtime ? "true" : "false");
        fclose(out);
    }
    free(requests);
    if (image >= 0)
        close(image);
    free(file_path);
    free(control_path);
    free(requests_path);
    free(summary_path);
}

static struct nbdkit_plugin plugin = {
    .name = "dmaload-disk-model",
    .longname = "A disk of stated rate and latency",
    .version = "1",
    .unload = model_unload,
    .config = model_config,
    .config_complete = model_config_complete,
    .config_help = "file=PATH [rate=BYTES/S] [latency-us=US] [control=PATH] [requests=PATH] [summary=PATH]",
    .get_ready = model_get_ready,
    .open = model_open,
    .get_size = model_get_size,
    .can_multi_conn = model_can_multi_conn,
    .can_fua = model_can_fua,
    .pread = model_pread,
    .pwrite = model_pwrite,
    .flush = model_flush,
    .errno_is_preserved = 1,
};

NBDKIT_REGISTER_PLUGIN(plugin)
