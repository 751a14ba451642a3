/* SPDX-License-Identifier: BSD-3-Clause */
/* trunkreg.h: our registrations at trunks that want one (RFC 3261 10.2): a phone's part, played by us. */
#ifndef NATSBC_SBC_TRUNKREG_H
#define NATSBC_SBC_TRUNKREG_H

#include "sbc/engine.h"

enum trunkreg_state {
	TRUNKREG_TRYING, /* asked, or about to ask, for the first time since it was lost */
	TRUNKREG_UP,
	TRUNKREG_FAILED,  /* nobody answered, or not now: tried again after a pause that grows */
	TRUNKREG_REFUSED, /* it will not be otherwise next time, unless somebody mends something: a long pause */
	TRUNKREG_ENDED,
};

enum {
	TRUNKREG_PAUSE_MS = 30 * 1000, /* the first after a failure; then twice as long each time */
	TRUNKREG_PAUSE_MAX_MS = 15 * 60 * 1000,
	TRUNKREG_TARGETS = 8,
};

/* For people. */
struct trunkreg_report {
	enum trunkreg_state state;
	uint64_t since;    /* ms */
	uint64_t expires;  /* ms: how long the trunk holds it; 0: it does not */
	uint64_t next;     /* ms: when it is asked again; 0: it is being asked */
	uint16_t status;   /* of the last answer; 0: none came */
	struct addr where; /* of that place */
};

struct trunkregs;

/* Registers at every trunk with `register`, the first time within a second. NULL without memory. Caller frees with
 * trunkregs_free(). */
struct trunkregs *trunkregs_new(struct engine *e);
void trunkregs_free(struct trunkregs *all);

/* Takes back what is registered: one request each, answered or not. Nothing more is sent by itself. */
void trunkregs_end(struct trunkregs *all);
/* The same without a word. */
void trunkregs_quiet(struct trunkregs *all);
/* Some of these requests are still under way. */
bool trunkregs_busy(const struct trunkregs *all);

/* A connection ended: what was registered over it is registered anew. */
void trunkregs_flow_closed(struct trunkregs *all, const struct flow *flow);

/* Something was mended: what was refused or failed is tried now. */
void trunkregs_retry(struct trunkregs *all);

/* False: that trunk wants no registration. */
bool trunkregs_report(const struct trunkregs *all, unsigned trunk, struct trunkreg_report *out);
const char *trunkreg_state_name(enum trunkreg_state s);

/* Comma-separated: where requests to the trunk are to go through (RFC 3608); absent: nowhere. */
struct span trunkregs_route(const struct trunkregs *all, int trunk);

/* A request from a place of `trunk` (-1: of none), to a Contact that we registered: the trunk that knows us by it,
 * which may be another one at that place; else `trunk`. */
int trunkregs_trunk(const struct engine *e, const struct sip_msg *m, const struct flow *from, int trunk);

/* The URI that was dialled: of a request to our Contact at that trunk, its To; else its Request-URI. */
struct span trunkregs_dialled(const struct engine *e, const struct sip_msg *m, int trunk);

#endif
