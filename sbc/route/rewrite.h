/* SPDX-License-Identifier: BSD-3-Clause */
/* rewrite.h: numbers as another side wants them: "EXPRESSION => TEXT" of trunks and routes, compiled. */
#ifndef NATSBC_SBC_REWRITE_H
#define NATSBC_SBC_REWRITE_H

#include <regex.h>

#include "alg/conf/config.h"

enum { REWRITE_USER_MAX = 256 };

struct rewrite {
	regex_t match;
	const char *text; /* borrowed from the configuration */
};

struct rewrites {
	struct rewrite *one;
	unsigned n;
};

/* 0, or -1 without memory (their syntax was checked with the configuration); rewrites_free() is fine then, too. */
int rewrites_init(struct rewrites *r, const struct conf_rewrite *conf, unsigned n);
void rewrites_free(struct rewrites *r);

/* What fits the first expression that fits is replaced in the plain user part; what stands around it stays. False: none
 * fits, and nothing is written. */
bool rewrites_apply(const struct rewrites *r, struct span user, struct writer *w);

/* A plain user part as it may stand in a URI (RFC 3261 25.1 user). */
void rewrite_user_write(struct writer *w, struct span plain);

#endif
