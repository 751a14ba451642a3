/* SPDX-License-Identifier: BSD-3-Clause */
/* firewallfake.h: sbc-firewall as the engine sees it: which pinholes are open, and until when; and the router above,
 * which it asks for ports. */
#ifndef NATSBC_TESTS_FLOW_FIREWALLFAKE_H
#define NATSBC_TESTS_FLOW_FIREWALLFAKE_H

#include "alg/firewall/wire.h"

enum { FIREWALLFAKE_HOLES = 256, FIREWALLFAKE_MAPS = 64, FIREWALLFAKE_NEVER = 0xffffffff };

struct firewallfake {
	struct firewallfake_hole {
		struct firewall_hole hole;
		char owner[FIREWALL_OWNER_MAX];
		uint64_t until; /* ms */
	} hole[FIREWALLFAKE_HOLES];
	unsigned n;
	struct firewallfake_map {
		struct firewall_map map;
		uint32_t seq; /* of the question that has yet to be answered; 0: it is mapped */
		uint64_t due; /* ms: then it is answered */
	} map[FIREWALLFAKE_MAPS];
	unsigned nmap;
	uint32_t router_ms;               /* what the router takes to map a port */
	bool router_refuses;              /* to map any */
	char name[FIREWALL_NAME_MAX + 1]; /* of who asks */
	char answers[WIRE_ANSWERS_MAX];
	struct writer out;
};

/* Carries out a packet of requests. False: its answers to the one before have not been fetched. */
bool firewallfake_take(struct firewallfake *f, struct span packet, uint64_t now);

/* Its answers, once; the absent span: none. Borrows f until the next packet. */
struct span firewallfake_answers(struct firewallfake *f, uint64_t now);

/* When the router answers next, ms; UINT64_MAX: it has nothing to. */
uint64_t firewallfake_next(const struct firewallfake *f);

/* How many ports the router has mapped. */
unsigned firewallfake_mapped(const struct firewallfake *f);

/* How many are open; those for one peer only. */
unsigned firewallfake_open(struct firewallfake *f, uint64_t now);
unsigned firewallfake_narrowed(struct firewallfake *f, uint64_t now);

#endif
