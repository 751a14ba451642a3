/* SPDX-License-Identifier: BSD-3-Clause */
/* totals.h: of all streams so far: packets that were lost, late or doubled, streams that nobody heard. */
#ifndef NATSBC_RTPPROXY_TOTALS_H
#define NATSBC_RTPPROXY_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

struct totals {
	uint64_t expected, lost, late, doubled; /* packets of RTP */
	uint64_t one_way, never, silent;        /* streams, once each time that they came to be so */
};

/* What of a stream is in the totals already. */
struct totals_mark {
	uint32_t expected, lost, late, doubled;
	uint8_t look;   /* enum look, the last time */
	bool told;      /* it is counted */
	bool one_sided; /* so the last time */
	bool one_way;   /* it is counted */
};

struct relay;
struct session;
struct leg;
struct stream;
struct ng_writer;

/* The stream's packets since the last time. */
void totals_packets(struct relay *r, const struct leg *l, struct stream *m);

/* Looks at all streams of the session. What is so two times in a row is counted. */
void totals_session(struct relay *r, struct session *s, uint64_t now);

/* The keys `streams`, `packets` and `dropped`. */
void totals_put(struct ng_writer *n, const struct relay *r);

#endif
