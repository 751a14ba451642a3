/* SPDX-License-Identifier: BSD-3-Clause */
/* measure.h: what one RTP stream shows of its own quality as it arrives: one cache line, however long it lasts. */
#ifndef NATSBC_RTP_MEASURE_H
#define NATSBC_RTP_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "alg/base/relaxed.h"

enum {
	MEASURE_WINDOW = 64,         /* so many packets back a duplicate is told from a late one */
	MEASURE_DROPOUT = 3000,      /* a greater step is new numbering, not loss (RFC 3550 A.1) */
	MEASURE_CLOCK_MAX = 1 << 20, /* Hz: beyond it a clock counts as unknown */
};

/* One writer. Others take a copy and read that. All zero to begin with, then rtp_measure_clock(). */
struct rtp_measure {
	uint64_t window;    /* bit n: the packet n before the highest has come */
	uint32_t ssrc;      /* of the last packet */
	uint32_t highest;   /* sequence number, extended by the rounds it has made */
	uint32_t base;      /* the first of this numbering, extended likewise */
	uint32_t before;    /* packets that were due under earlier numbering */
	uint32_t missing;   /* of those due, earlier numbering included */
	uint32_t transit;   /* arrival less timestamp, in units of the stream's clock */
	uint32_t timestamp; /* of the last packet */
	uint32_t jitter;    /* RFC 3550 A.8, scaled by 16 */
	uint32_t rate;      /* units of the stream's clock in a microsecond, scaled by 2^32; 0: unknown, no jitter */
	uint32_t reordered; /* came after a later one */
	uint32_t duplicates;
	uint32_t gaps;     /* runs of missing packets, as they looked when the next one came */
	uint16_t gap_max;  /* packets of the longest */
	uint16_t restarts; /* of the source or of its numbering */
	uint16_t marked;   /* packets with the marker bit: talk spurts, or frames */
	uint16_t bad;      /* where new numbering would go on (RFC 3550 A.1) */
};

_Static_assert(sizeof(struct rtp_measure) == 64, "one cache line");

/* What it comes to. */
struct rtp_quality {
	uint32_t ssrc;
	uint32_t highest; /* extended sequence number */
	uint32_t expected, received, lost;
	uint32_t reordered, duplicates, gaps;
	uint16_t gap_max, restarts, marked;
	uint32_t jitter; /* in units of the stream's clock, as RTCP tells it */
	uint32_t jitter_us;
};

/* The stream's clock as its description has it, in Hz; 0: unknown. */
void rtp_measure_clock(struct rtp_measure *m, uint32_t hz);

/* Back to nothing seen; the clock stays. */
void rtp_measure_reset(struct rtp_measure *m);

/* From another thread: each number is whole, together they may be a packet apart. */
void rtp_measure_copy(struct rtp_measure *to, const struct rtp_measure *from);

/* Of such a copy. */
void rtp_measure_quality(const struct rtp_measure *m, struct rtp_quality *out);

/* Share of the packets in percent, as telephone people say it. */
static inline double rtp_quality_loss(const struct rtp_quality *q)
{
	return q->expected ? 100.0 * q->lost / q->expected : 0.0;
}

/* A packet that is not simply the next one. */
void rtp_measure_odd(struct rtp_measure *m, uint32_t ssrc, uint16_t seq, uint32_t timestamp, uint64_t arrival_us);

/* Other threads may be looking. */
static inline void measure_put(uint32_t *at, uint32_t value)
{
	relaxed_store(at, value);
}

static inline uint32_t measure_transit(const struct rtp_measure *m, uint32_t timestamp, uint64_t arrival_us)
{
	return (uint32_t)(arrival_us * m->rate >> 32) - timestamp;
}

/* Packets of one frame or of one telephone event share a timestamp: only the first of them tells of time. A step of two
 * seconds and more is a clock that was set anew, not jitter. */
static inline void measure_time(struct rtp_measure *m, uint32_t timestamp, uint64_t arrival_us)
{
	const uint32_t transit = measure_transit(m, timestamp, arrival_us), back = m->transit - transit;
	const uint32_t d = (int32_t)back < 0 ? -back : back;

	if (__builtin_expect(timestamp == m->timestamp, 0))
		return;
	m->timestamp = timestamp;
	m->transit = transit;
	if (__builtin_expect(d <= m->rate >> 11, 1))
		measure_put(&m->jitter, m->jitter + d - ((m->jitter + 8) >> 4));
}

/* Simply the next one: what nearly every packet is. */
static inline bool rtp_measure_is_next(const struct rtp_measure *m, uint32_t ssrc, uint16_t seq)
{
	return ssrc == m->ssrc && (uint16_t)(m->highest + 1) == seq && m->window != 0;
}

static inline void measure_mark(struct rtp_measure *m, bool marked)
{
	if (__builtin_expect(marked, 0))
		relaxed_store(&m->marked, (uint16_t)(m->marked + 1));
}

/* An accepted packet that is. */
static inline void rtp_measure_next(struct rtp_measure *m, uint32_t timestamp, bool marked, uint64_t arrival_us)
{
	measure_mark(m, marked);
	m->window = m->window << 1 | 1;
	measure_put(&m->highest, m->highest + 1);
	measure_time(m, timestamp, arrival_us);
}

/* An accepted packet. The time is of a clock that only goes forward; one reading may serve a burst. */
static inline void rtp_measure_packet(struct rtp_measure *m, uint32_t ssrc, uint16_t seq, uint32_t timestamp,
				      bool marked, uint64_t arrival_us)
{
	if (__builtin_expect(!rtp_measure_is_next(m, ssrc, seq), 0)) {
		measure_mark(m, marked);
		rtp_measure_odd(m, ssrc, seq, timestamp, arrival_us);
		return;
	}
	rtp_measure_next(m, timestamp, marked, arrival_us);
}

#endif
