// SPDX-License-Identifier: Apache-2.0
/* Prints the frequency of the host's time stamp counter in kHz, against CLOCK_MONOTONIC_RAW over 0.2 s. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct point {
    uint64_t ticks;
    uint64_t ns;
};

/* The tightest of several readings: a clock reading between two readings of the counter. */
static struct point read_both(void)
{
    struct point best = {0, 0};
    uint64_t narrowest = UINT64_MAX;

    for (int i = 0; i < 100; i++) {
        struct timespec now;
        uint64_t before = __rdtsc();
        clock_gettime(CLOCK_MONOTONIC_RAW, &now);
        uint64_t after = __rdtsc();
        if (after - before < narrowest) {
            narrowest = after - before;
            best.ticks = before + narrowest / 2;
            best.ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
        }
    }
    return best;
}

int main(void)
{
    struct point from = read_both();
    struct timespec pause = {0, 200000000};
    nanosleep(&pause, NULL);
    struct point to = read_both();

    double khz = (double)(to.ticks - from.ticks) * 1e6 / (double)(to.ns - from.ns);
    printf("%.0f\n", khz);
    return 0;
}
