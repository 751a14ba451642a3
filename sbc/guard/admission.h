/* SPDX-License-Identifier: BSD-3-Clause */
/* admission.h: may there be another call? So many at once, and so many new ones a second: of realms, trunks and users.
 * A call counts once in each realm and trunk that a leg of it is in, as long as that leg is not lost. */
#ifndef NATSBC_SBC_ADMISSION_H
#define NATSBC_SBC_ADMISSION_H

#include "alg/conf/config.h"
#include "sbc/base/count.h"
#include "sbc/guard/rates.h"

struct call;
struct engine;
struct identity;
struct leg;

struct admission_use {
	uint32_t calls; /* at once */
	struct rate rate;
};

struct admission {
	struct admission_use realm[CONF_REALM_MAX];
	struct admission_use *trunk; /* by index */
	struct rates users;
	struct rate told;      /* lines in the log */
	struct rate emergency; /* calls let in while there is no time for others */
};

/* 0, or -1 without memory; admission_fini() is fine then, too. */
int admission_init(struct admission *a, const struct config *conf, const struct hash_key *key);
void admission_fini(struct admission *a);

/* A call from there. False: *why tells which limit is reached, and so does the log. */
bool admission_admits(struct engine *e, const struct identity *who, enum count *why);

/* It begins: l is the caller's leg. */
void admission_begin(struct engine *e, struct leg *l, const struct identity *who);

/* May the call go to that trunk (-1: none) in that realm? False: as above. */
bool admission_allows(struct engine *e, const struct call *c, int trunk, unsigned realm, enum count *why);

/* It goes there, on this leg. */
void admission_enter(struct engine *e, struct leg *l);

/* The leg counts, whatever the limits are. Nothing where it does already. */
void admission_stay(struct engine *e, struct leg *l);

/* The leg no longer counts. Nothing where it did not. */
void admission_leave(struct engine *e, struct leg *l);

/* Seconds after which a call refused for that reason may come again. */
unsigned admission_retry_s(enum count why);

#endif
