/* SPDX-License-Identifier: BSD-3-Clause */
/* overload.h: whether there is time for new work. Fed with the turns of the loop, asked for each request that would
 * begin something. Pure: no clock, no sockets. */
#ifndef NATSBC_SBC_OVERLOAD_H
#define NATSBC_SBC_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Who asks. Strangers are turned away altogether before anybody else is. */
enum overload_who { OVERLOAD_STRANGER, OVERLOAD_KNOWN };

enum {
	OVERLOAD_WHOLE = 1024, /* a share of 1 */
	OVERLOAD_FLOOR = 16,   /* the least that is let in: else nobody would notice that it is over */
	/* Behind for so long without a break: a burst is no overload. The relay, on a core of its own or not, may be
	 * kept from running while we are not, and is through with what waits in a moment. */
	OVERLOAD_PATIENCE_MS = 40,
	OVERLOAD_RELAY_PATIENCE_MS = 200,
	OVERLOAD_TURN_MS = 10,    /* a turn that comes later was kept from running: that time is not ours */
	OVERLOAD_STEP_MS = 20,    /* the share changes once in this time */
	OVERLOAD_GROWTH = 12,     /* a step up: back from the floor in some 2 s */
	OVERLOAD_RELAY_MANY = 96, /* questions that wait for the media relay: it is behind */
	OVERLOAD_RETRY_FIRST_S = 2,
	OVERLOAD_RETRY_SPREAD_S = 8,
};

/* Something that is to be emptied again and again, and was not. */
struct overload_lag {
	uint32_t ms; /* for how long */
	bool is_on;  /* it was not in the last turn */
};

struct overload {
	uint64_t turn_ms; /* the last turn */
	uint64_t step_ms; /* the last change of the share */
	struct overload_lag sockets, relay;
	uint32_t share;  /* up to WHOLE: of those that are known; beyond it of strangers. 2 * WHOLE: all */
	uint32_t due[2]; /* by who: what is left of shares; one whole lets one in */
	uint64_t turned_away;
};

void overload_init(struct overload *o, uint64_t now);

/* A turn of the loop ended. sockets: one held more than a turn may take; relay: it owes too many answers. */
void overload_turn(struct overload *o, uint64_t now, bool sockets, bool relay);

/* Whether to begin what is asked for. */
bool overload_admit(struct overload *o, enum overload_who who);

/* Whether anybody is turned away just now: asking further would be for nothing. */
static inline bool overload_is_on(const struct overload *o)
{
	return o->share < 2 * OVERLOAD_WHOLE;
}

/* Seconds for Retry-After: not the same for all, or all would be back at once (RFC 3261 20.33). */
unsigned overload_retry_s(const struct overload *o);

#endif
