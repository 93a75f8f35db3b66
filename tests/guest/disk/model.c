// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000ull
#define LATE_NS 500000 /* the promise: 99 % of all reads are answered less than this after they are due */
#define CONTROL_INTERVAL_NS 20000000ull

struct model {
    const char *control, *summary;
    FILE* requests_file;
    uint64_t epoch;
    _Atomic bool realtime;

    pthread_mutex_t lock; /* all of what follows */
    uint64_t rate, latency_ns, link_free;
    uint64_t control_looked_at;
    struct timespec control_changed;
    struct model_request* requests;
    size_t request_count, request_room;
    uint64_t unmodelled_reads, unmodelled_bytes;
};

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

struct model* model_create(const struct model_settings* settings)
{
    struct model* model = calloc(1, sizeof(*model));

    if (!model)
        return NULL;
    pthread_mutex_init(&model->lock, NULL);
    model->control = settings->control;
    model->summary = settings->summary;
    model->rate = settings->rate;
    model->latency_ns = settings->latency_us * 1000;
    if (settings->requests && !(model->requests_file = fopen(settings->requests, "we"))) {
        free(model);
        return NULL;
    }
    model->epoch = now_ns();
    return model;
}

/* With the lock held: takes over what the control file says, if it changed. */
static void look_at_control(struct model* model, uint64_t now)
{
    struct stat info;
    if (!model->control || now - model->control_looked_at < CONTROL_INTERVAL_NS)
        return;
    model->control_looked_at = now;
    if (stat(model->control, &info) < 0 || (info.st_mtim.tv_sec == model->control_changed.tv_sec &&
                                            info.st_mtim.tv_nsec == model->control_changed.tv_nsec))
        return;

    char text[64];
    int fd = open(model->control, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return; /* being written: its time changes again */
    text[n] = '\0';
    uint64_t new_rate, new_latency_us = model->latency_ns / 1000;
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &new_rate, &new_latency_us) < 1)
        return;
    model->control_changed = info.st_mtim;
    model->rate = new_rate;
    model->latency_ns = new_latency_us * 1000;
}

/*
 * The disk does not compete with the emulated CPUs for the host's: its threads wake exactly, and before
 * others where the host permits that. Both are a thread's own, so each thread asks once.
 */
static void be_punctual(struct model* model)
{
    static __thread bool asked;
    const struct sched_param priority = {.sched_priority = 1};

    if (asked)
        return;
    asked = true;
    prctl(PR_SET_TIMERSLACK, 1ul);
    model->realtime = sched_setscheduler(0, SCHED_RR, &priority) == 0;
}

bool model_arrive(struct model* model, uint64_t offset, size_t length, struct model_request* request)
{
    be_punctual(model);
    uint64_t arrived = now_ns();

    pthread_mutex_lock(&model->lock);
    look_at_control(model, arrived);
    bool modelled = model->rate != 0;
    if (modelled) {
        uint64_t start = arrived > model->link_free ? arrived : model->link_free;
        uint64_t due = start + (uint64_t)((unsigned __int128)length * NS_PER_SECOND / model->rate);

        model->link_free = due;
        *request = (struct model_request){.offset = offset,
                                          .length = length,
                                          .rate = model->rate,
                                          .latency = model->latency_ns,
                                          .arrived = arrived - model->epoch,
                                          .due = due - model->epoch,
                                          .done = due + model->latency_ns - model->epoch};
    } else {
        model->unmodelled_reads++;
        model->unmodelled_bytes += length;
    }
    pthread_mutex_unlock(&model->lock);
    return modelled;
}

void model_answer(struct model* model, struct model_request* request)
{
    sleep_until(model->epoch + request->done);
    request->answered = now_ns() - model->epoch;

    pthread_mutex_lock(&model->lock);
    if (model->request_count == model->request_room) {
        size_t room = model->request_room ? model->request_room * 2 : 4096;
        struct model_request* more = realloc(model->requests, room * sizeof(*more));
        if (more) {
            model->requests = more;
            model->request_room = room;
        }
    }
    if (model->request_count < model->request_room)
        model->requests[model->request_count++] = *request;
    pthread_mutex_unlock(&model->lock);
}

static void write_requests(const struct model* model)
{
    fputs("offset,length,rate,latency,arrived,due,done,answered\n", model->requests_file);
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request* r = &model->requests[i];
        fprintf(model->requests_file,
                "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
                "\n",
                r->offset, r->length, r->rate, r->latency, r->arrived, r->due, r->done, r->answered);
    }
    fclose(model->requests_file);
}

static void write_summary(const struct model* model)
{
    uint64_t bytes = 0, worst = 0, total = 0;
    size_t count = model->request_count, in_time = 0;

    for (size_t i = 0; i < count; i++) {
        const struct model_request* r = &model->requests[i];
        uint64_t late = r->answered > r->done ? r->answered - r->done : 0;
        bytes += r->length;
        total += late;
        in_time += late < LATE_NS;
        worst = late > worst ? late : worst;
    }
    FILE* out = fopen(model->summary, "we");
    if (!out)
        return;
    fprintf(out,
            "{\"reads\": %zu, \"bytes\": %" PRIu64
            ", \"in_time_share\": %.5f, \"late_limit_ns\": %d, "
            "\"mean_late_ns\": %.0f, \"max_late_ns\": %" PRIu64 ", \"unmodelled_reads\": %" PRIu64
            ", \"unmodelled_bytes\": %" PRIu64 ", \"realtime\": %s}\n",
            count, bytes, count ? (double)in_time / (double)count : 1.0, LATE_NS,
            count ? (double)total / (double)count : 0.0, worst, model->unmodelled_reads,
            model->unmodelled_bytes, model->realtime ? "true" : "false");
    fclose(out);
}

void model_write(struct model* model)
{
    pthread_mutex_lock(&model->lock);
    if (model->requests_file)
        write_requests(model);
    if (model->summary)
        write_summary(model);
    model->requests_file = NULL;
    model->summary = NULL;
    pthread_mutex_unlock(&model->lock);
}
