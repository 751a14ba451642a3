/* SPDX-License-Identifier: BSD-3-Clause */
/* locate.h: where the servers of a name are (RFC 3263): in the background, again whenever what is known runs out. Calls
 * never wait for it: what was found last serves until something newer is there. */
#ifndef NATSBC_SBC_LOCATE_H
#define NATSBC_SBC_LOCATE_H

#include "sbc/dns/dnscache.h"

enum { LOCATE_TARGETS = 32 };

struct locate_target {
	struct addr addr;
	uint8_t transport; /* enum conf_transport */
	uint16_t priority; /* lowest first, numbered from 0 */
	uint16_t weight;   /* share among the servers of one priority (RFC 2782) */
	uint16_t server;   /* addresses of one SRV record are one server */
};

/* A name to be located for as long as it is among the subjects. */
struct locate_subject {
	/* Filled in before locate_add(); unchanged and alive until locate_del(). */
	const char *host; /* domain, or address as text */
	uint16_t port;    /* 0: not given */
	enum conf_transport_want want;
	uint8_t realm; /* whose listeners say which transports there are, whose address which IP version */
	void (*located)(struct locate_subject *subject); /* target is as new as can be, though perhaps as before */

	/* What was found. */
	struct locate_target target[LOCATE_TARGETS];
	unsigned ntarget;
	bool located_once;

	/* locate's own. */
	struct locate *home;
	struct locate_subject *next;
	struct timer again;
	bool waiting; /* for an answer */
};

struct locate {
	struct core *core;
	struct dnscache cache;
	struct locate_subject *subjects;
	struct timer turn;
};

/* Room for the names of so many subjects. 0 or -1. */
int locate_init(struct locate *l, struct core *core, unsigned subjects);

/* To be called after all subjects were taken away, or are about to be freed. */
void locate_fini(struct locate *l);

/* Begins at the next advance of the wheel. */
void locate_add(struct locate *l, struct locate_subject *s);
void locate_del(struct locate_subject *s);

/* The outside answers a question of struct outside's resolve. */
void locate_answer(struct locate *l, uint32_t id, enum resolve_status status, struct span raw);

#endif
