/* SPDX-License-Identifier: BSD-3-Clause */
/* numbers.h: a set of RTP payload numbers (RFC 3551 6): those of an m-line. */
#ifndef NATSBC_SDP_NUMBERS_H
#define NATSBC_SDP_NUMBERS_H

#include <stdbool.h>

#include "alg/base/span.h"

struct sdp_numbers {
	uint64_t bit[2];
};

/* Of the formats of an m-line; words that are no payload number are passed over. */
struct sdp_numbers numbers_of(struct span formats);

static inline bool numbers_have(const struct sdp_numbers *n, uint8_t number)
{
	return number < 128 && n->bit[number / 64] >> number % 64 & 1;
}

static inline bool numbers_are_none(const struct sdp_numbers *n)
{
	return (n->bit[0] | n->bit[1]) == 0;
}

static inline void numbers_put(struct sdp_numbers *n, uint8_t number)
{
	if (number < 128)
		n->bit[number / 64] |= UINT64_C(1) << number % 64;
}

static inline void numbers_add(struct sdp_numbers *n, const struct sdp_numbers *more)
{
	n->bit[0] |= more->bit[0];
	n->bit[1] |= more->bit[1];
}

#endif
