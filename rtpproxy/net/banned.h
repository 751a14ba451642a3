/* SPDX-License-Identifier: BSD-3-Clause */
/* banned.h: who is not heard, and until when. */
#ifndef NATSBC_RTPPROXY_BANNED_H
#define NATSBC_RTPPROXY_BANNED_H

#include "alg/base/addr.h"
#include "alg/base/table.h"

enum { BANNED_MAX = 16384 }; /* as many as the packet path can hold of one family */

struct ban {
	struct prefix whom; /* without bits beyond it, and without a port */
	uint8_t key[18];    /* the same without gaps */
	uint64_t until;     /* ms; 0: free */
	struct ban *next;   /* of the free */
};

struct banned {
	struct ban *all;  /* BANNED_MAX */
	uint32_t touched; /* so many were in use at any time */
	struct ban *free; /* of these, those that are not */
	struct table by_whom;
	uint64_t next; /* nobody's time is over before that */
};

/* Allocates; memory is touched as bans come. 0, or -1 without memory. */
int banned_init(struct banned *b, const struct hash_key *key);
void banned_fini(struct banned *b);

/* whom as it is compared: without what lies beyond its bits. */
struct prefix banned_whom(const struct prefix *whom);

/* Until then, whatever was said before. whom is of banned_whom(). 0; -1: no room. */
int banned_put(struct banned *b, const struct prefix *whom, uint64_t until);

/* True where that prefix, and no other, was banned. */
bool banned_drop(struct banned *b, const struct prefix *whom);

/* Walks those whose time is over: *pos = 0 to begin. Each is no longer among them then. False at the end. */
bool banned_expire(struct banned *b, uint64_t now, uint32_t *pos, struct prefix *whom);

#endif
