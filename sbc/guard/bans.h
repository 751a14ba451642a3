/* SPDX-License-Identifier: BSD-3-Clause */
/* bans.h: who may not speak to us any more, why, and until when. */
#ifndef NATSBC_SBC_BANS_H
#define NATSBC_SBC_BANS_H

#include "alg/base/table.h"
#include "sbc/base/core.h"
#include "sbc/guard/evidence.h"
#include "sbc/guard/origin.h"

enum {
	BANS_MAX = 16384,   /* of hosts; beyond it the oldest gives way */
	BANS_WIDE_MAX = 64, /* of other networks: by hand only */
	BANS_ROWS = BANS_MAX + BANS_WIDE_MAX,
	BANS_ENFORCERS = 2,
	BAN_SAMPLE_MAX = 96,   /* bytes */
	BAN_STRIKE_FACTOR = 4, /* each time again, so many times as long */
	BAN_FORGERY_S = 600,   /* longer on nothing but what anybody could have forged: never */
	BAN_MOST_S = 7 * 86400,
	BAN_MEMORY_S = 86400, /* that it was banned is remembered for so long */
};

struct ban {
	struct ban *next, *prev; /* in their list, in the order of their beginning */
	struct bans *home;
	struct timer timer;
	uint64_t name; /* of origin.h; 0: of a network */
	uint32_t row;  /* no other has it */
	struct prefix whom;
	enum evidence why;
	bool over;   /* it is only remembered */
	bool forged; /* perhaps: all that is held against it came by UDP and proved nothing */
	uint8_t strikes;
	uint64_t since, until; /* ms */
	uint64_t dropped;      /* messages, since */
	char realm[33], sample[BAN_SAMPLE_MAX + 1];
};

/* Somebody who keeps banned sources off before they reach us. seconds: from now on; 0: it is lifted. */
struct bans_enforcer {
	void (*enforce)(void *ctx, const struct prefix *whom, uint32_t seconds);
	void *ctx;
};

struct bans {
	struct core *core;
	const struct hash_key *key;
	struct table hosts;
	struct ban_list {
		struct ban *first, *last;
		uint32_t n;
	} list[2];         /* of hosts, of networks; those that are over, too */
	uint32_t count;    /* not over */
	struct ban **rows; /* BANS_ROWS; NULL: free */
	uint32_t free_row; /* or near to one */
	/* The ban in that row is not as it was, or is gone. NULL: nobody asks. */
	void (*changed)(void *ctx, uint32_t row);
	void *changed_ctx;
	uint64_t total[EVIDENCE_N];
	struct bans_enforcer enforcer[BANS_ENFORCERS];
	unsigned nenforcer;
};

struct bans_reason {
	enum evidence why;
	struct span sample; /* what it did */
	const char *realm;
	bool forged;
};

/* core and key are borrowed. 0, or -1 without memory. */
int bans_init(struct bans *b, struct core *core, const struct hash_key *key);
/* The wheel is not to be advanced afterwards. */
void bans_fini(struct bans *b);

/* It is told of all bans from now on, and of those that there are. -1: there are BANS_ENFORCERS already. */
int bans_enforce_by(struct bans *b, const struct bans_enforcer *who);

/* All of them once more: the other side has lost what it knew. */
void bans_tell(const struct bans *b, const struct bans_enforcer *who);

/* seconds is that of the first ban; later ones of the same last longer. By hand: that long. NULL: no room. */
struct ban *bans_add(struct bans *b, const struct prefix *whom, uint32_t seconds, const struct bans_reason *reason);

/* One of before, as what says: whom, why, over, forged, strikes, since, until, dropped, realm, sample. Nobody is told.
 * 0; -1: no room there, or there is one of that network. */
int bans_restore(struct bans *b, uint32_t row, const struct ban *what);

/* False: it is not banned. */
bool bans_lift(struct bans *b, const struct prefix *whom);

/* All that lie within it. */
void bans_lift_within(struct bans *b, const struct prefix *network);

/* The ban that holds for that address; name is origin_host() of it. NULL: none. */
struct ban *bans_of(const struct bans *b, const struct addr *a, uint64_t name);

/* Walking those that hold: start with NULL; NULL at the end. */
const struct ban *bans_next(const struct bans *b, const struct ban *last);

/* Seconds until it ends. */
uint32_t ban_left_s(const struct ban *ban, uint64_t now);

#endif
