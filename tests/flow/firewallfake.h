/* SPDX-License-Identifier: BSD-3-Clause */
/* firewallfake.h: sbc-firewall as the engine sees it: which pinholes are open, and until when. */
#ifndef NATSBC_TESTS_FLOW_FIREWALLFAKE_H
#define NATSBC_TESTS_FLOW_FIREWALLFAKE_H

#include "alg/firewall/wire.h"

enum { FIREWALLFAKE_HOLES = 256 };

struct firewallfake {
	struct firewallfake_hole {
		struct firewall_hole hole;
		char owner[FIREWALL_OWNER_MAX];
		uint64_t until; /* ms */
	} hole[FIREWALLFAKE_HOLES];
	unsigned n;
	char name[FIREWALL_NAME_MAX + 1]; /* of who asks */
	char answers[WIRE_ANSWERS_MAX];
	struct writer out;
};

/* Carries out a packet of requests. False: its answers to the one before have not been fetched. */
bool firewallfake_take(struct firewallfake *f, struct span packet, uint64_t now);

/* Its answers, once; the absent span: none. Borrows f until the next packet. */
struct span firewallfake_answers(struct firewallfake *f);

/* How many are open; those for one peer only. */
unsigned firewallfake_open(struct firewallfake *f, uint64_t now);
unsigned firewallfake_narrowed(struct firewallfake *f, uint64_t now);

#endif
