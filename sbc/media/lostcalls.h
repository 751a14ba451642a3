/* SPDX-License-Identifier: BSD-3-Clause */
/* lostcalls.h: the last calls that a relay which was started again could not set up again, and why: for who asks. */
#ifndef NATSBC_SBC_LOSTCALLS_H
#define NATSBC_SBC_LOSTCALLS_H

#include "alg/base/span.h"
#include "sbc/base/token.h"

enum { LOSTCALLS_KEPT = 32, LOSTCALL_NAME_MAX = 96, LOSTCALL_WHY_MAX = 128 };

/* Texts that are longer are cut; why is ASCII. */
struct lostcall {
	char id[TOKEN_ID_LEN + 1];
	char from[LOSTCALL_NAME_MAX], to[LOSTCALL_NAME_MAX];
	char why[LOSTCALL_WHY_MAX];
	int64_t at; /* seconds since 1970 */
};

struct lostcalls {
	uint64_t n; /* ever */
	struct lostcall call[LOSTCALLS_KEPT];
};

void lostcalls_add(struct lostcalls *l, const char *id, struct span from, struct span to, struct span why, int64_t at);

/* The newest is 0; NULL: there are no more. */
const struct lostcall *lostcalls_at(const struct lostcalls *l, unsigned i);

/* NULL: none of them is. */
const struct lostcall *lostcalls_find(const struct lostcalls *l, struct span id);

#endif
