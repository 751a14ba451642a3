/* SPDX-License-Identifier: BSD-3-Clause */
/* firewall.h: our table, and the book of what is in it. */
#ifndef NATSBC_FIREWALL_FIREWALL_H
#define NATSBC_FIREWALL_FIREWALL_H

#include "sbc/firewall/book.h"
#include "sbc/firewall/kind.h"
#include "sbc/firewall/nft.h"
#include "sbc/firewall/rules.h"

enum { FIREWALL_KINDS_MAX = 64 };

typedef void firewall_log_fn(void *ctx, int level, const char *line);

struct firewall_sets {
	struct kind kinds[FIREWALL_KINDS_MAX];
	unsigned nkind;
	bool ban_kinds[2][129]; /* IPv4 and IPv6, by length */
};

struct firewall {
	const struct config *conf;
	struct rules_interfaces interfaces;
	struct nft *nft;
	struct book book;
	struct firewall_sets sets;
	unsigned nmade;    /* of sets.kinds: whose sets are there; those that follow, the turn makes */
	uint32_t instance; /* who said hello last; 0: nobody */
	uint64_t sweep_ms; /* then holes that he did not ask for again are closed; 0: no more */
	uint64_t purge_ms; /* when it was last looked for holes that silence closed */
	bool unsure;       /* a transaction failed: the table may differ from the book */
	firewall_log_fn *log;
	void *log_ctx;
};

__attribute__((format(printf, 3, 4))) void firewall_log(struct firewall *f, int level, const char *fmt, ...);

/* Makes the table, with what an earlier run left in it. 0, or -1: logged. */
int firewall_start(struct firewall *f, uint64_t now);

/* Makes it anew from the book, in one transaction. 0, or -1: logged. */
int firewall_make(struct firewall *f, uint64_t now);

/* The same where the table is gone: nobody knows how long holes were silent, they get all their time again. */
int firewall_restore(struct firewall *f, uint64_t now);

/* The book learns from the kernel which holes are still open. 0, or -1: logged. */
int firewall_recall(struct firewall *f, uint64_t now);

/* Somebody else may have taken our table away: then it is made anew. */
void firewall_check(struct firewall *f, uint64_t now);

/* Removes the table. */
void firewall_remove(struct firewall *f);

#endif
