/* SPDX-License-Identifier: BSD-3-Clause */
/* mappings.h: ports of the router above us that are to lead to ours, for realms whose public address is "auto": the
 * firewall program asks it for them (PCP), and is asked again in time. */
#ifndef NATSBC_SBC_MAPPINGS_H
#define NATSBC_SBC_MAPPINGS_H

#include "sbc/pinhole/firewalllink.h"

enum {
	MAPPINGS_WANTED_S = 600, /* for so long they are asked for: whoever ends without a word leaves no more */
	MAPPINGS_AGAIN_MS =
		240000, /* and so often again, or when 5/8 of what was granted are over: it is renewed by then */
	MAPPINGS_LISTENER_MS = 30000, /* the same of ports that we listen on: they tell whether the address changed */
	MAPPINGS_REFUSED_MS = 5000,   /* nobody could ask the router, or it did not want to */
	MAPPINGS_MAX = 16384,
};

enum mapping_state {
	MAPPING_ASKED,
	MAPPING_OPEN,
	MAPPING_REFUSED, /* asked again */
	MAPPING_LEAVING,
};

struct mappings;

struct mapping {
	struct firewalllink_item item; /* the first member */
	struct mapping *next, **link;  /* of all */
	struct mapping *of_call;       /* the next of its call's */
	struct mappings *home;
	struct timer again;
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_TCP */
	uint8_t realm;
	bool listener;
	uint32_t round;             /* of its call's looks, see callholes.h */
	void (*settled)(void *ctx); /* the router has answered, or could not be asked; NULL: nobody wants to know */
	void *settled_ctx;
	struct addr ours, outside, router;
	enum firewall_router language;
	uint64_t until;                     /* ms: so long the router has promised it, as far as we know */
	char owner[FIREWALL_OWNER_MAX + 1]; /* a call's id; "": we listen there */
	char why[FIREWALL_WHY_MAX + 1];     /* REFUSED: in plain words */
	enum mapping_state state;
};

/* Where others reach that realm is another address now. */
typedef void mappings_moved_fn(void *ctx, unsigned realm, const struct addr *outside);

struct mappings {
	struct core *core;
	struct firewalllink *firewall;
	mappings_moved_fn *moved;
	void *ctx;
	struct mapping *first;
	struct mapping *listener[CONF_REALM_MAX]; /* the first of each realm; NULL: none */
	uint32_t n;
	bool wanted; /* there is such a realm, and somebody to ask */
};

/* Borrows both; asks for the ports that realms listen on. 0, or -1 without memory. */
int mappings_init(struct mappings *m, struct core *core, struct firewalllink *firewall, mappings_moved_fn *moved,
		  void *ctx);
void mappings_fini(struct mappings *m);

/* A firewall that may know nothing of us. */
void mappings_again(struct mappings *m);

/* Is a port of that address of ours to be mapped? */
bool mappings_wanted(const struct mappings *m, const struct addr *ours);

/* Does the router of that realm open what it is asked for? */
bool mappings_answers(const struct mappings *m, unsigned realm);

/* The router has yet to answer. */
static inline bool mapping_is_asked(const struct mapping *p)
{
	return p->state == MAPPING_ASKED;
}

/* A UDP port of that call; NULL without memory or where there are MAPPINGS_MAX. */
struct mapping *mappings_open(struct mappings *m, struct span owner, const struct addr *ours);

/* "open" */
const char *mapping_state_name(enum mapping_state s);

/* It is nobody's from now on. */
void mappings_close(struct mapping *p);

#endif
