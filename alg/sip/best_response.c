/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/best_response.h"

#include <stdbool.h>
#include <stddef.h>

/* Within their class: those by which the caller can mend the request first (RFC 3261 16.7 step 6), those that tell
 * nothing about the called party last. All others are alike, and of equals the first stays. */
static const struct {
	uint16_t status;
	int8_t rank;
} ranks[] = {
	{ 401, -3 }, { 407, -3 }, { 415, -2 }, { 420, -2 }, { 484, -2 }, { 408, 1 }, { 487, 2 }, { 503, 1 },
};

static int rank_in_class(uint16_t status)
{
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		if (ranks[i].status == status)
			return ranks[i].rank;
	return 0;
}

/* 6xx, then the lowest class: smaller is better. */
static int rank_of(uint16_t status)
{
	int class = status / 100;

	return (class == 6 ? 0 : class) * 10 + rank_in_class(status);
}

static bool is_challenge(uint16_t status)
{
	return status == 401 || status == 407;
}

enum best_verdict best_response_add(struct best_response *b, uint16_t status)
{
	if (status / 100 == 2)
		return BEST_PASS;
	if (b->status && rank_of(b->status) <= rank_of(status))
		return is_challenge(b->status) && is_challenge(status) ? BEST_CHALLENGE : BEST_DROP;
	b->status = status;
	return status / 100 == 6 ? BEST_STOP : BEST_TAKE;
}

uint16_t best_response_outward(uint16_t status)
{
	return status == 503 ? 500 : status;
}
