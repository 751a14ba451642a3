/* SPDX-License-Identifier: BSD-3-Clause */
/* refusals.h: whom the guard turned away of late, for what, and how often: for who asks why. So many and no more: what
 * is longest ago gives way. */
#ifndef NATSBC_SBC_REFUSALS_H
#define NATSBC_SBC_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

enum refusal {
	REFUSAL_SOURCE,    /* more than a source may say */
	REFUSAL_PHONE,     /* more than the phones at one address and port may say */
	REFUSAL_STRANGERS, /* too many strangers, and no time */
	REFUSAL_SCANNER,
	REFUSAL_HELD,      /* passwords of a user that are not tried any more */
	REFUSAL_BUSY,      /* no time for anything new */
	REFUSAL_NETWORK,   /* in none of the realm's networks */
	REFUSAL_NO_PHONES, /* no trunk, where nobody but trunks is */
	REFUSAL_UNPROVED,  /* asked for a password, and gave no right one: for anything but REGISTER */
	REFUSAL_N
};

enum {
	REFUSALS_MAX = 4096, /* sources, each for one reason */
	REFUSALS_WAYS = 4,
	REFUSALS_BREAK_MS = 60000,   /* after a silence of so long it begins anew */
	REFUSALS_MEMORY_MS = 600000, /* what is longer ago is not told */
};

struct refusal_count {
	uint64_t name;        /* of origin.h and the reason; 0: free */
	uint64_t since, last; /* ms */
	uint32_t count;
	uint32_t limit; /* a second, at the last; 0: there is none */
};

struct refusals {
	struct refusal_count *of; /* REFUSALS_MAX */
};

/* 0, or -1 without memory. */
int refusals_init(struct refusals *r);
void refusals_fini(struct refusals *r);

/* One more of that host. limit: so many a second are let in; 0: that is not what it was about. now: ms. True: the first
 * for REFUSALS_BREAK_MS. */
bool refusals_note(struct refusals *r, uint64_t host, enum refusal why, uint32_t limit, uint64_t now);

/* It was nothing: it is not told of any more, nor is the next one the first. */
void refusals_forget(struct refusals *r, uint64_t host, enum refusal why);

/* NULL: none of late. */
const struct refusal_count *refusals_find(const struct refusals *r, uint64_t host, enum refusal why, uint64_t now);

#endif
