/* SPDX-License-Identifier: BSD-3-Clause */
/* grade.h: how a stream has sounded so far, judged every few seconds, in constant memory. */
#ifndef NATSBC_RTPPROXY_GRADE_H
#define NATSBC_RTPPROXY_GRADE_H

#include <stdint.h>

#include "alg/rtp/measure.h"

enum { GRADE_STEP_MS = 5000 };

/* One judgement. */
struct grade_sample {
	uint64_t at_ms;
	uint32_t round_trip_us; /* of both sides together; 0: unknown */
	uint16_t mos_100;
	uint16_t loss_100; /* hundredths of a percent, since the sample before */
	uint32_t jitter_us;
};

struct grade {
	uint32_t expected, lost, gaps; /* when the last sample was taken */
	uint32_t samples;
	uint64_t sum_mos_100, sum_loss_100, sum_jitter_us, sum_round_trip_us;
	uint32_t round_trips; /* samples that knew one */
	struct grade_sample last, lowest, highest;
};

/* What is to be judged. */
struct grade_view {
	const struct rtp_quality *quality;
	uint8_t codec; /* number in the table of impairments */
	uint32_t round_trip_us;
	uint64_t now;
};

/* Takes a sample, unless nothing has come since the last one. */
void grade_take(struct grade *g, const struct grade_view *v);

/* The mean of all samples; at_ms is 0. Only where there are any. */
struct grade_sample grade_average(const struct grade *g);

struct relay;
struct session;

/* Samples all streams of the session, or those of which there is no sample yet. */
void grade_session(const struct relay *r, struct session *s, uint64_t now);
void grade_session_first(const struct relay *r, struct session *s, uint64_t now);

#endif
