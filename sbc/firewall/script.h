/* SPDX-License-Identifier: BSD-3-Clause */
/* script.h: the text of one transaction: what happens to elements of the table, in the order told. */
#ifndef NATSBC_FIREWALL_SCRIPT_H
#define NATSBC_FIREWALL_SCRIPT_H

#include "sbc/firewall/book.h"
#include "sbc/firewall/kind.h"

enum script_verb { SCRIPT_NONE, SCRIPT_ADD, SCRIPT_DELETE };

enum { SCRIPT_HOLE_MAX = 1024 /* bytes that one step takes at most */, SCRIPT_SET_MAX = 48, SCRIPT_COMMENT_MAX = 120 };

struct script {
	struct writer w; /* fails where it is full */
	uint64_t now;
	/* Steps of one verb on one set become one command: that is a quarter less for the parser. */
	enum script_verb verb;
	char set[SCRIPT_SET_MAX];
	uint32_t set_n;
};

/* text is the caller's. */
void script_begin(struct script *s, char *text, uint32_t cap, uint64_t now);

/* NUL-terminated; NULL: it did not fit. */
const char *script_end(struct script *s);

/* Sets and rule of a kind; sets of networks of one length. Once each. */
void script_kind(struct script *s, const struct kind *k);
void script_ban_kind(struct script *s, const struct prefix *whom);

void script_hole_add(struct script *s, const struct hole *h);
void script_hole_delete(struct script *s, const struct hole *h);
void script_ban_add(struct script *s, const struct ban *b);
void script_ban_delete(struct script *s, const struct ban *b);

/* Before deleting what may not be there any more: deleting what is not there fails the whole transaction, adding what
 * is there does not. */
void script_hole_touch(struct script *s, const struct hole *h);
void script_ban_touch(struct script *s, const struct ban *b);

/* What of a hole is kept with its element: "0123456789abcdef in 1a2b3c4d OWNER". */
void script_comment(struct writer *w, const struct hole *h);
/* The same back into *said, owner (which said->owner is of) and *instance. 0 or -1. */
int script_comment_read(struct span comment, struct firewall_hole *said, char owner[FIREWALL_OWNER_MAX],
			uint32_t *instance);

#endif
