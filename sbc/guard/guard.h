/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.h: may this source speak to us: is it banned, has it said too much; and what it did wrong. */
#ifndef NATSBC_SBC_GUARD_H
#define NATSBC_SBC_GUARD_H

#include "sbc/guard/bans.h"
#include "sbc/guard/meters.h"
#include "sbc/guard/refusals.h"
#include "sbc/guard/sites.h"

struct engine;
struct binding;

enum {
	GUARD_METERS = 65536,        /* sources that are remembered */
	GUARD_STRANGERS_PER_S = 300, /* answered while there is no time for all */
	GUARD_UNANSWERED = 20,       /* challenges that a source may leave so */
	GUARD_PATIENCE_S = 4,        /* and it has so long to answer the first of them */
	GUARD_HAND_MAX = 64,         /* networks that the operator allows while we run */
};

struct guard {
	struct hash_key key;
	struct sites sites;
	struct meters meters;
	struct bans bans;
	struct refusals refusals;
	struct rate strangers, told;
	uint32_t taken, kept_off;            /* messages of this turn; those of them that were dropped unread */
	struct prefix allow[GUARD_HAND_MAX]; /* beside guard.allow */
	unsigned nallow;
};

enum guard_verdict {
	GUARD_PASS,     /* and we know it */
	GUARD_STRANGER, /* it may speak, but we don't */
	GUARD_BANNED,
	GUARD_OVER,  /* it said more than it may */
	GUARD_FLOOD, /* nobody knows it, and there is no time */
};

/* Of an engine that has its core and trunks. 0, or -1 without memory. */
int guard_init(struct engine *e);
void guard_fini(struct engine *e);

/* A message came from there. Before it is read. */
enum guard_verdict guard_look(struct engine *e, const struct flow *from);

/* The turn ends: most of what came in it was kept off. Who is let in has not to wait for that: there is time enough. */
bool guard_kept_off_most(struct guard *g);

/* What is told against that network makes no ban: it is allowed to do what it likes, or a trunk is there. */
bool guard_spares(const struct engine *e, const struct prefix *whom);

/* A connection from there is to be closed, or not to be taken at all. */
bool guard_is_banned(const struct engine *e, const struct addr *peer);

/* It did that. proven: it showed that it is where it says it is (a connection, an answer to our challenge). user: whose
 * password it tried; absent: nobody's. */
void guard_evidence(struct engine *e, const struct flow *from, enum evidence why, bool proven, struct span user,
		    struct span sample);

/* Somebody else turned it away for that. */
void guard_refused(struct engine *e, const struct flow *from, enum refusal why);

/* The same of somebody whom the configuration does not know; the log names him now and then. what: his request's
 * method; may be absent. */
void guard_unknown(struct engine *e, const struct flow *from, enum refusal why, struct span what);

/* It was asked for a password; it gave a right one. */
void guard_challenged(struct engine *e, const struct flow *from, const struct sip_msg *m);
void guard_proved(struct engine *e, const struct flow *from);

/* Wrong passwords for that user came from there, so many that no more are tried. Others there may go on. */
bool guard_is_held(struct engine *e, const struct flow *from, struct span user);

/* A phone registered, moved or is gone. */
void guard_registered(struct engine *e, const struct binding *b, bool ended);

/* Neither banned nor held up from now on, until the program ends. False: there are GUARD_HAND_MAX already. */
bool guard_allow(struct engine *e, const struct prefix *whom);

#endif
