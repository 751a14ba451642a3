/* SPDX-License-Identifier: BSD-3-Clause */
/* turn.h: requests that came in together become one transaction; each is answered once it is through. */
#ifndef NATSBC_FIREWALL_TURN_H
#define NATSBC_FIREWALL_TURN_H

#include "sbc/firewall/firewall.h"
#include "sbc/firewall/script.h"

/* A request takes three steps at most: it closes two holes and opens one. */
enum { TURN_REQUESTS = 4 * FIREWALL_BATCH, TURN_STEPS = 3 * TURN_REQUESTS };

/* In the order in which they are carried out. */
enum step_what { STEP_CLOSE, STEP_UNBAN, STEP_OPEN, STEP_BAN, STEP_WHAT_N, STEP_NOTHING = STEP_WHAT_N };

struct turn_step {
	enum step_what what;
	struct kind kind; /* of a hole; bans have none */
	union {
		struct hole hole; /* as it is now */
		struct ban ban;
	};
};

struct turn_answer {
	unsigned client;
	uint32_t seq;
	enum firewall_verb verb;
	enum firewall_result result;
};

typedef void turn_answer_fn(void *ctx, unsigned client, const struct firewall_answer *a);

struct upstream;

struct turn {
	struct firewall *firewall;
	struct upstream *upstream; /* routers above */
	turn_answer_fn *answer;
	void *ctx;
	uint64_t now;
	unsigned nstep, nanswer;
	struct turn_step step[TURN_STEPS];
	struct turn_answer pending[TURN_REQUESTS];
	char text[TURN_STEPS * SCRIPT_HOLE_MAX / 2];
};

/* Steps of a turn; the book is as it shall be. What is opened and closed in one turn never was: so the order of the
 * rest does not matter, but that deleting comes first, and steps of a kind can be done together. */
void turn_open(struct turn *t, struct hole *h);
void turn_close(struct turn *t, struct hole *h);
void turn_ban(struct turn *t, struct ban *b);
void turn_unban(struct turn *t, struct ban *b);

/* The result of a request, as it will be where the transaction succeeds. */
void turn_result(struct turn *t, unsigned client, const struct firewall_request *r, enum firewall_result result);

/* Room for n more requests? */
bool turn_has_room(const struct turn *t, unsigned n);

/* Carries it out and answers. A turn that failed as a whole is told so to each: the book forgets what it would have
 * opened. */
void turn_commit(struct turn *t);

#endif
