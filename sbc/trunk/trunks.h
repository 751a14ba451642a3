/* SPDX-License-Identifier: BSD-3-Clause */
/* trunks.h: where the trunks are, which of their places answer, in which order to try them, and who comes from them. */
#ifndef NATSBC_SBC_TRUNKS_H
#define NATSBC_SBC_TRUNKS_H

#include "sbc/dns/locate.h"
#include "sbc/trunk/trunkplace.h"
#include "sbc/trunk/trunksources.h"

enum {
	TRUNK_PLACES_MAX = CONF_PEER_MAX * LOCATE_TARGETS, /* of one trunk */
	TRUNK_LINGER_MS = 10 * 60 * 1000, /* an address that its name no longer leads to is known as a source so long */
};

/* Where to send a request to a trunk. */
struct trunk_target {
	struct flow flow; /* connection 0 */
	struct span host; /* for the Request-URI: the domain as configured, or address:port. Valid until the time moves
			     on */
	uint32_t id;      /* of the place, never used twice */
};

/* A peer whose address is to be found out. */
struct trunk_name {
	struct locate_subject subject;
	struct trunks *home;
	uint16_t trunk;
	uint8_t peer;
	bool told_none; /* in the log */
	uint32_t turn;  /* times located */
};

struct trunks {
	struct core *core;
	struct txns *txns;
	struct locate locate;
	struct trunk_place **places; /* by trunk; in the order of its peers */
	struct trunk_name *names;
	unsigned nname;
	struct trunksources sources;
	bool *out_of_use; /* by trunk: the operator wants no requests sent there */
	uint32_t serial;
};

/* Starts pinging, spread over the interval, and locating. 0, or -1 without memory. */
int trunks_init(struct trunks *t, struct core *core, struct txns *txns);
void trunks_fini(struct trunks *t);

/* No more pings, no more questions. */
void trunks_quiet(struct trunks *t);

/* The places to try, in this order: by priority, those of one priority drawn anew by weight each time; what is in doubt
 * comes last, what is down or wants rest not at all. Returns how many. */
unsigned trunks_targets(struct trunks *t, unsigned trunk, struct trunk_target *out, unsigned max);

/* The places that are down, of a trunk that nobody pings: nobody but a call would notice that they are back. */
unsigned trunks_last_resort(const struct trunks *t, unsigned trunk, struct trunk_target *out, unsigned max);

/* What became of a request sent there: the next calls go by it. retry_after_s: of TRUNK_BUSY, 0 where not given. */
void trunks_failed(struct trunks *t, unsigned trunk, const struct flow *flow, enum trunk_failure why,
		   uint32_t retry_after_s);
void trunks_worked(struct trunks *t, unsigned trunk, const struct flow *flow);

/* A response came from there: 503 with its Retry-After, or a sign of life. */
void trunks_response(struct trunks *t, unsigned trunk, const struct flow *flow, const struct sip_msg *m);

/* The operator takes the trunk out of use, or puts it back: no place of it is tried; pings go on. */
void trunks_use(struct trunks *t, unsigned trunk, bool use);

/* Which trunk sends from there: proved by its certificate, else by its address. -1: none. */
int trunks_of(const struct trunks *t, const struct flow *from);

/* One of the places of that trunk is there. */
bool trunks_has(const struct trunks *t, unsigned trunk, const struct flow *at);

/* Walking the places of a trunk: start with NULL; NULL at the end. */
const struct trunk_place *trunks_next(const struct trunks *t, unsigned trunk, const struct trunk_place *last);

#endif
