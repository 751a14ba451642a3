/* SPDX-License-Identifier: BSD-3-Clause */
/* dedupe.h: answers kept for a while, so that a command sent twice is answered twice but carried out once. */
#ifndef NATSBC_RTPPROXY_DEDUPE_H
#define NATSBC_RTPPROXY_DEDUPE_H

#include "alg/base/arena.h"
#include "alg/base/table.h"
#include "alg/base/writer.h"

enum {
	DEDUPE_TURN_MS = 30000,         /* an answer is kept for one to two turns */
	DEDUPE_ENTRIES = 1 << 15,       /* of one generation */
	DEDUPE_BYTES = 8 * 1024 * 1024, /* of one generation: texts and bookkeeping */
	DEDUPE_KEY_MAX = 512,
};

/* By what an answer is found again. */
struct dedupe_key {
	char text[DEDUPE_KEY_MAX];
	uint32_t n; /* 0: too long, not to be found */
	uint64_t hash;
};

struct dedupe_generation {
	struct table table;
	struct arena mem;
};

/* Two generations: what is new goes to the young one; the old one goes away as a whole. */
struct dedupe {
	struct dedupe_generation young, old;
	uint64_t turned;                /* ms */
	uint64_t hits, forgotten_early; /* generations given up because the young one was full */
};

/* Allocates. 0, or -1 without memory. */
int dedupe_init(struct dedupe *d, const struct hash_key *key, uint64_t now);
void dedupe_fini(struct dedupe *d);

void dedupe_key(const struct dedupe *d, struct span source, struct span cookie, struct dedupe_key *out);

/* What this cookie from this source was answered; absent where there is none. Borrowed until the next call. */
struct span dedupe_find(struct dedupe *d, const struct dedupe_key *k, uint64_t now);

/* Remembers a copy. What is too large to remember is not. */
void dedupe_keep(struct dedupe *d, const struct dedupe_key *k, struct span answer, uint64_t now);

#endif
