/* SPDX-License-Identifier: BSD-3-Clause */
/* ports.h: the media ports of one realm, given out in pairs: RTP even, RTCP the next (CALLS.md M6). */
#ifndef NATSBC_RTPPROXY_PORTS_H
#define NATSBC_RTPPROXY_PORTS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PORTS_REST_MS = 30000, /* a pair given back is not given out again for so long, unless there is no other */
	PORTS_LOT_MAX = 16,
};

enum ports_state { PORTS_FREE, PORTS_USED, PORTS_PARKED };

struct ports_rest {
	uint64_t since; /* ms */
	uint16_t pair;
};

/* Those of one worker: datapath_worker(). */
struct ports_lot {
	uint16_t *pool; /* pairs that may be taken, in no order */
	uint32_t npool;
	struct ports_rest *rest; /* ring of pairs given back of late, oldest at rest_at */
	uint32_t rest_at, nrest;
	uint32_t npair;
};

/* A pair is numbered from 0: its RTP port is first + 2 * pair. */
struct ports {
	uint16_t first; /* even */
	uint32_t npair;
	uint16_t *pool; /* memory of all lots */
	struct ports_rest *rest;
	struct ports_lot lot[PORTS_LOT_MAX];
	unsigned nlot;
	uint8_t *state; /* enum ports_state of each pair */
	uint32_t nparked;
};

/* [first, last], both included, in so many lots; a range that holds no pair is always exhausted. Allocates. 0, or -1
 * without memory. */
int ports_init(struct ports *p, uint16_t first, uint16_t last, unsigned lots);
void ports_fini(struct ports *p);

/* The RTP port of a pair of the lot, chosen by random, or 0: none left. */
uint16_t ports_take(struct ports *p, unsigned lot, uint64_t now, uint64_t random);

/* That pair and no other, by its RTP port. 0, or -1: it is out, or none of the realm's. */
int ports_take_that(struct ports *p, uint16_t port);

/* Back to the realm. Does nothing where the pair is not out. */
void ports_give(struct ports *p, uint16_t port, uint64_t now);

/* Not in use, but the packet path could not be told yet: stays out until it is given back. */
void ports_park(struct ports *p, uint16_t port);
/* Walks the parked pairs: *pos = 0 to begin; 0 at the end. The one found may be given back meanwhile. */
uint16_t ports_parked(const struct ports *p, uint32_t *pos);

/* True where port, even or odd, belongs to a pair that is out. */
bool ports_is_used(const struct ports *p, uint16_t port);

/* Pairs of a lot that ports_take could still give out, resting ones included; and of all. */
uint32_t ports_left_in(const struct ports *p, unsigned lot);
uint32_t ports_left(const struct ports *p);
uint32_t ports_resting(const struct ports *p);

static inline uint32_t ports_used(const struct ports *p)
{
	return p->npair - ports_left(p);
}

#endif
