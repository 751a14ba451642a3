/* SPDX-License-Identifier: BSD-3-Clause */
/* owners.h: those whom media sessions belong to, and which are whose. */
#ifndef NATSBC_RTPPROXY_OWNERS_H
#define NATSBC_RTPPROXY_OWNERS_H

#include "alg/base/table.h"
#include "rtpproxy/session/session.h"

enum { OWNERS_MAX = 256 };

struct owner {
	struct span name;             /* owned */
	struct session *first, *last; /* by id, the oldest first */
	struct session *told; /* where the last page ended: a list of many is not walked for each; may be NULL */
	uint32_t n;
	uint64_t heard; /* ms: when it last said that it is there */
	bool leased;    /* it said so at least once: who never does is not missed */
	bool lapsed;    /* it should have said so again, and did not */
};

struct owners {
	struct table by_name;
	uint64_t instance; /* of this run of the relay: who sees another one knows that the sessions are gone */
};

/* Allocates. 0, or -1 without memory. */
int owners_init(struct owners *o, const struct hash_key *key, uint64_t instance);
/* All sessions must have ended. */
void owners_fini(struct owners *o);

/* NULL where there is none. */
struct owner *owners_find(const struct owners *o, struct span name);

/* Makes it where there is none. NULL without memory or above OWNERS_MAX. */
struct owner *owners_get(struct owners *o, struct span name);

/* Frees it, unless it has sessions or a lease. */
void owners_let_go(struct owners *o, struct owner *w);

/* s, which is nobody's, is the owner's from now on. */
void owners_give(struct owner *w, struct session *s);
/* s is nobody's from now on; its owner stays. */
void owners_take(struct session *s);

/* The first of the owner's sessions behind that id; 0: of all. */
struct session *owners_behind(const struct owner *w, uint32_t id);

#endif
