/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholes.h: what is open in nftables, and for whom: known here, enforced by the firewall program. */
#ifndef NATSBC_SBC_PINHOLES_H
#define NATSBC_SBC_PINHOLES_H

#include "alg/base/table.h"
#include "sbc/firewalllink.h"

enum { PINHOLES_MAX = 16384 };

/* The owner of those that an operator opened. */
#define PINHOLES_BY_HAND "by hand"

enum pinhole_state {
	PINHOLE_ASKED, /* the firewall has yet to say that it is open */
	PINHOLE_OPEN,
	PINHOLE_REFUSED, /* it could not */
	PINHOLE_CLOSING,
};

struct pinhole {
	struct firewalllink_item item; /* the first member */
	struct pinhole *next, **link;  /* of all */
	struct pinhole *of_call;       /* the next of its call's */
	struct pinholes *home;
	struct timer end;
	struct firewall_hole hole; /* its owner is the text below */
	char owner[FIREWALL_OWNER_MAX];
	enum pinhole_state state;
	bool narrow;     /* of what is open, only the peer is to be told */
	uint32_t round;  /* of its call's looks, see callholes.h */
	uint32_t listed; /* the last list that it was in, see pinholelist.h */
	uint64_t until;  /* ms; 0: as long as its owner wants */
};

struct pinholes {
	struct core *core;
	struct firewalllink *firewall;
	struct pinhole *first;
	struct table by_id;
	struct firewalllink_list leftover;
	uint32_t lists; /* begun by the API */
};

/* Borrows both. 0, or -1 without memory. */
int pinholes_init(struct pinholes *p, struct core *core, struct firewalllink *firewall);
/* What is open stays so: the next run closes or keeps it. */
void pinholes_fini(struct pinholes *p);

/* A firewall that may know nothing, or things of before us: see firewalllink.h. */
void pinholes_again(struct pinholes *p);

/* Opens one; id 0: it gets one. NULL without memory, where there are PINHOLES_MAX, the firewall is not to be used, or
 * the id is taken. One with a lifetime goes by itself. */
struct pinhole *pinholes_open(struct pinholes *p, const struct firewall_hole *h);

/* Keeps it open, for that peer only (ADDR_NONE: anybody). */
void pinholes_keep(struct pinhole *h, const struct addr *peer);

/* It is nobody's from now on. */
void pinholes_close(struct pinhole *h);

/* Those that are closing are not found. */
struct pinhole *pinholes_find(const struct pinholes *p, uint64_t id);

/* "open" */
const char *pinhole_state_name(enum pinhole_state s);

#endif
