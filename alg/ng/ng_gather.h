/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_gather.h: several requests, or answers, in one datagram between programs of ours: who reads them is woken once. */
#ifndef NATSBC_NG_NG_GATHER_H
#define NATSBC_NG_NG_GATHER_H

#include "alg/base/span.h"

enum {
	NG_GATHER_HEAD = 7,     /* before each of them: "#00042:", the bytes that follow */
	NG_GATHER_MAX = 1 << 14 /* bytes of such a datagram, heads too */
};

/* No cookie begins so. */
static inline bool ng_gather_is(struct span datagram)
{
	return datagram.n && datagram.p[0] == '#';
}

/* n: less than 100,000. */
void ng_gather_head(char head[NG_GATHER_HEAD], uint32_t n);

/* Takes the next one off left. False: there is none, or the rest can't be read. */
bool ng_gather_next(struct span *left, struct span *one);

#endif
