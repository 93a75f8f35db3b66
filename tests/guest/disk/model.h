/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk model: when a disk of a stated speed would have answered a read.
 *
 * A read of n bytes that arrives at time t passes one serial link and then a fixed latency:
 *
 *     start = max(t, link free)     due  = start + n / rate     (the link is free again at `due`)
 *                                   done = due + latency        (the read is answered at `done`)
 *
 * done is an absolute time, so what fetching the data takes is a part of it. Many reads may be on their way
 * at once; latency overlaps, the link does not. Rate 0 means no limit: no link, no latency, no sleep.
 */
#ifndef DMALOAD_DISK_MODEL_H
#define DMALOAD_DISK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;

/* What a disk is like, and where its model writes. Strings are the caller's and must outlive the model. */
struct model_settings {
    uint64_t rate; /* bytes a second; 0 = no limit */
    uint64_t latency_us;
    /*
     * Optional: a file "RATE [LATENCY_US]" that overrides both once it exists with that content. It is looked
     * at when a read arrives, at most every 20 ms; what is not a number is ignored. So who changes it waits
     * 20 ms before the next read counts.
     */
    const char* control;
    /*
     * Optional: CSV, written at the end, a line for each modelled read in the order of their ends: what it
     * asked for, rate and latency in force, and its times (nanoseconds since the model was made).
     */
    const char* requests;
    const char* summary; /* Optional: JSON, written at the end: how many, how much, how late */
};

/* One read, as it will be logged. */
struct model_request {
    uint64_t offset, length, rate, latency, arrived, due, done, answered;
};

/* NULL where there is no memory, or `requests` cannot be written (errno says why). */
struct model* model_create(const struct model_settings* settings);

/* A read has arrived. False where it is not modelled; else the data is to be fetched and model_answer()
 * called. */
bool model_arrive(struct model* model, uint64_t offset, size_t length, struct model_request* request);

/* Sleeps until the read is to be answered, and logs it. */
void model_answer(struct model* model, struct model_request* request);

/* Writes what the settings ask for. Reads that are still on their way are not in it. */
void model_write(struct model* model);

#endif
