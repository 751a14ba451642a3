/* SPDX-License-Identifier: BSD-3-Clause */
/* trunkreg.h: our registration at a trunk that wants one (RFC 3261 10.2): a phone's part, played by us. */
#ifndef NATSBC_SBC_TRUNKREG_H
#define NATSBC_SBC_TRUNKREG_H

#include "sbc/engine/engine.h"

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

/* One trunk's; where `present` is false, it wants none and nothing is done with it. */
struct trunkreg {
	struct engine *e;
	struct timer next;
	unsigned trunk; /* index */
	bool present;
	uint8_t state; /* enum trunkreg_state */
	uint8_t failures;
	bool raised;        /* its expiry was too short for the trunk once (423) */
	uint32_t expires_s; /* what we ask for */
	uint32_t cseq;
	char call_id[TOKEN_CALL_ID_LEN], tag[TOKEN_TAG_LEN];
	struct buf *route; /* Service-Route of the last 200; NULL: none */
	struct flow flow;  /* where it was sent */
	struct txn *out;
	struct credentials_asked asked;
	struct flow targets[TRUNKREG_TARGETS]; /* of this round */
	unsigned ntarget, at;
	uint16_t status;
	uint64_t since, expires;
};

/* Registers at that trunk, the first time within a second, where it wants it; until trunkreg_close(). */
void trunkreg_open(struct trunkreg *r, struct engine *e, unsigned trunk);
void trunkreg_close(struct trunkreg *r);

/* Nothing more is sent by itself. tell: what holds is taken back first, by one request, answered or not. */
void trunkreg_end(struct trunkreg *r, bool tell);

/* That connection ended: what was registered over it is registered anew. */
void trunkreg_flow_closed(struct trunkreg *r, const struct flow *flow);

/* Something was mended: what was refused or failed is tried now. */
void trunkreg_retry(struct trunkreg *r);

struct trunkreg_report trunkreg_report(const struct trunkreg *r);
const char *trunkreg_state_name(enum trunkreg_state s);

#endif
