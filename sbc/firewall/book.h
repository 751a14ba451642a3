/* SPDX-License-Identifier: BSD-3-Clause */
/* book.h: which holes and bans there should be: what the kernel is told, and what tells its elements apart. */
#ifndef NATSBC_FIREWALL_BOOK_H
#define NATSBC_FIREWALL_BOOK_H

#include "alg/base/table.h"
#include "alg/firewall/request.h"

enum { BOOK_HOLES_MAX = 65535, BOOK_BANS_MAX = 65535 };

/* Bytes of an address with its port; and of what no two holes have in common: protocol, our address, the peer's. */
enum { BOOK_ADDR = 19, BOOK_KEY = 1 + 2 * BOOK_ADDR, BOOK_ID = 12 /* the number, and whose it is */ };

struct hole {
	struct firewall_hole said; /* without its owner, which is here: copies are whole */
	char owner[FIREWALL_OWNER_MAX];
	uint8_t owner_n;
	bool confirmed;    /* asked for since its instance said hello */
	uint8_t seen;      /* in which of its sets, when the kernel was asked last: bits */
	uint32_t instance; /* whose it is: book_instance() of the name in HELLO */
	uint64_t ends_ms;  /* 0: not by time */
	uint32_t left_s;   /* to its end by silence, as of when it was opened or the kernel was asked */
	uint64_t packets, bytes;
	uint32_t step; /* of the turn that opens it, from 1; 0: the kernel has it */
	uint8_t id[BOOK_ID], key[BOOK_KEY];
};

struct ban {
	struct prefix whom; /* the bits behind its length are zero */
	uint64_t ends_ms;
	uint32_t step; /* as of a hole */
	uint8_t key[BOOK_ADDR];
};

struct book {
	struct table by_id, by_key, bans;
};

static inline struct span hole_owner(const struct hole *h)
{
	return span_of(h->owner, h->owner_n);
}

/* 0, or -1 without memory. */
int book_init(struct book *b, const struct hash_key *key);
void book_fini(struct book *b);

uint32_t book_instance(struct span name);

struct hole *book_hole(const struct book *b, uint32_t instance, uint64_t id);

/* The hole that has this one's key; NULL: none. */
struct hole *book_hole_like(const struct book *b, const struct firewall_hole *h);

/* Neither its id nor its key may be there. NULL: no room. */
struct hole *book_add(struct book *b, const struct firewall_hole *h, uint32_t instance, uint64_t now);
void book_remove(struct book *b, struct hole *h);

struct ban *book_ban(const struct book *b, const struct prefix *whom);
/* Adds it, where it is not there. NULL: no room. */
struct ban *book_ban_add(struct book *b, const struct prefix *whom, uint64_t ends_ms);
void book_ban_remove(struct book *b, struct ban *ban);

/* Bans that are over are forgotten; the kernel did so already. */
void book_bans_expire(struct book *b, uint64_t now);

#endif
